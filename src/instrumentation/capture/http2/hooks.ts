/** Overrides methods of one stream, shared by all streams. No listener is added, so that none can be counted. */
import { ATTEMPT } from '../process-keys.ts';
import type { Attempt } from '../attempt.ts';
import type { CaptureCounters } from '../counters.ts';
import { failureOf } from '../failure.ts';
import { guard } from '../guard.ts';
import { createOverride } from '../override.ts';
import type { Http2Request } from './stream.ts';

type Tracked = Attempt<Http2Request> | undefined;

export function createHttp2Watch(
  counters: CaptureCounters,
): (stream: Http2Request, attempt: Attempt<Http2Request>) => void {
  /** Streams whose answer has come to its end on the wire. */
  const ended = new WeakSet<Http2Request>();
  const onSent = createOverride<Http2Request>(
    (original) =>
      function (...args) {
        guard(counters, 'request-body', sent, this[ATTEMPT], args[0], args[1]);
        return original.apply(this, args);
      },
  );
  const onChunk = createOverride<Http2Request>(
    (original) =>
      function (...args) {
        const attempt = this[ATTEMPT];
        guard(counters, 'response-body', received, attempt, args[0], undefined);
        // @note a stream that is destroyed pushes an end too, and `readableEnded` cannot tell them apart afterwards. One
        // that is reset may push its end before it tells of the reset, within the same turn.
        if (args[0] === null && attempt !== undefined && !this.destroyed) {
          ended.add(this);
          attempt.arrived();
          setImmediate(settle, counters, attempt, this);
        }
        return original.apply(this, args);
      },
  );
  const onClose = createOverride<Http2Request>(
    (original) =>
      function (...args) {
        guard(counters, 'end', closing, this[ATTEMPT], this, ended);
        return original.apply(this, args);
      },
  );
  const onEvent = createOverride<Http2Request>(
    (original) =>
      function (...args) {
        const attempt = this[ATTEMPT];
        if (args[0] === 'error') guard(counters, 'end', failed, attempt, args[1], undefined);
        else if (args[0] === 'close') guard(counters, 'end', closed, attempt, this, ended);
        try {
          return original.apply(this, args);
        } finally {
          if (args[0] === 'close') guard(counters, 'end', deliver, attempt, undefined, undefined);
        }
      },
  );
  return (stream, attempt) => {
    stream[ATTEMPT] = attempt;
    onSent(stream, 'write');
    onSent(stream, 'end');
    onChunk(stream, 'push');
    onClose(stream, 'close');
    onEvent(stream, 'emit');
  };
}

function sent(attempt: Tracked, chunk: unknown, encoding: unknown): void {
  if (attempt === undefined) return;
  if (chunk instanceof Uint8Array) attempt.sent(chunk);
  else if (typeof chunk === 'string') attempt.sent(Buffer.from(chunk, isEncoding(encoding) ? encoding : 'utf8'));
}

function received(attempt: Tracked, chunk: unknown): void {
  if (chunk instanceof Uint8Array) attempt?.received(chunk);
}

function failed(attempt: Tracked, error: unknown): void {
  attempt?.end(failureOf(error));
}

/**
 * An application that gives up without an error code (the AWS SDK does) leaves a stream that seems to have ended well. Node
 * itself closes what is under way on a connection that has gone, in the same manner.
 */
function closing(attempt: Tracked, stream: Http2Request, ended: WeakSet<Http2Request>): void {
  if (ended.has(stream) || stream.destroyed) return;
  const lost = stream.session?.socket.destroyed === true;
  attempt?.end(lost ? { class: 'connection', code: 'ECONNRESET' } : { class: 'aborted', code: null });
}

function closed(attempt: Tracked, stream: Http2Request, ended: WeakSet<Http2Request>): void {
  attempt?.end(ended.has(stream) && !stream.rstCode ? null : { class: 'aborted', code: null });
}

/** An answer that has come to its end, whether the application reads it or not. */
function settle(counters: CaptureCounters, attempt: Attempt<Http2Request>, stream: Http2Request): void {
  if (stream.destroyed || stream.rstCode) return; // `error` or `close` says what happened
  guard(counters, 'end', completed, attempt, undefined, undefined);
  guard(counters, 'end', deliver, attempt, undefined, undefined);
}

function completed(attempt: Tracked): void {
  attempt?.end(null);
}

function deliver(attempt: Tracked): void {
  attempt?.deliver();
}

function isEncoding(value: unknown): value is BufferEncoding {
  return typeof value === 'string' && Buffer.isEncoding(value);
}
