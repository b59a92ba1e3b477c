/**
 * Overrides methods of one request and of its answer. No listener is added: an `upgrade` listener would change what Node
 * does, and the others could be counted. The functions are shared by all requests and only tell the attempt what they saw.
 */
import { ATTEMPT } from '../process-keys.ts';
import type { Attempt } from '../attempt.ts';
import type { CaptureCounters } from '../counters.ts';
import { failureOf } from '../failure.ts';
import { guard } from '../guard.ts';
import { readHeaders } from '../headers.ts';
import { createOverride } from '../override.ts';
import type { SessionWatch } from '../websocket/socket.ts';
import type { HttpRequest, HttpResponse } from './client.ts';

type Tracked = Attempt<HttpRequest> | undefined;

export interface HttpWatch {
  request(request: HttpRequest, attempt: Attempt<HttpRequest>): void;
  response(response: HttpResponse, attempt: Attempt<HttpRequest>): void;
}

export function createHttpWatch(counters: CaptureCounters, sessions: SessionWatch): HttpWatch {
  /** `end(chunk)` does not call the public `write`. */
  const onSent = createOverride<HttpRequest>(
    (original) =>
      function (...args) {
        guard(counters, 'request-body', sent, this[ATTEMPT], args[0], args[1]);
        return original.apply(this, args);
      },
  );
  const onDestroy = createOverride<HttpRequest>(
    (original) =>
      function (...args) {
        guard(counters, 'end', destroyed, this[ATTEMPT], args[0], undefined);
        return original.apply(this, args);
      },
  );
  const onRequestEvent = createOverride<HttpRequest>(
    (original) =>
      function (...args) {
        const attempt = this[ATTEMPT];
        if (args[0] === 'upgrade') guard(counters, 'end', upgraded, attempt, args, sessions);
        else guard(counters, 'end', requestEvent, attempt, args[0], args[1]);
        try {
          return original.apply(this, args);
        } finally {
          guard(counters, 'end', deliver, attempt, undefined, undefined);
        }
      },
  );
  const onChunk = createOverride<HttpResponse>(
    (original) =>
      function (...args) {
        const attempt = this[ATTEMPT];
        guard(counters, 'response-body', pushed, attempt, args[0], this);
        try {
          return original.apply(this, args);
        } finally {
          if (args[0] === null) guard(counters, 'end', deliver, attempt, undefined, undefined);
        }
      },
  );
  const onResponseEvent = createOverride<HttpResponse>(
    (original) =>
      function (...args) {
        const attempt = this[ATTEMPT];
        guard(counters, 'end', responseEvent, attempt, args, this);
        try {
          return original.apply(this, args);
        } finally {
          if (args[0] === 'close') guard(counters, 'end', deliver, attempt, undefined, undefined);
        }
      },
  );

  return {
    request(request, attempt) {
      request[ATTEMPT] = attempt;
      onSent(request, 'write');
      onSent(request, 'end');
      onDestroy(request, 'destroy');
      onRequestEvent(request, 'emit');
    },
    response(response, attempt) {
      response[ATTEMPT] = attempt;
      onChunk(response, 'push');
      onResponseEvent(response, 'emit');
      attempt.answer(response.statusCode ?? 0, readHeaders(response.rawHeaders));
    },
  };
}

function sent(attempt: Tracked, chunk: unknown, encoding: unknown): void {
  if (attempt === undefined) return;
  attempt.writing();
  if (chunk instanceof Uint8Array) attempt.sent(chunk);
  else if (typeof chunk === 'string') attempt.sent(Buffer.from(chunk, isEncoding(encoding) ? encoding : 'utf8'));
}

/**
 * The application gives up; what Node says of it afterwards looks like a lost connection. Nor is one lost where axios
 * gives up with `ECONNABORTED`, since its time is over.
 */
function destroyed(attempt: Tracked, error: unknown): void {
  const failure = failureOf(error);
  attempt?.end(failure.class === 'connection' ? { ...failure, class: 'aborted' } : failure);
}

function requestEvent(attempt: Tracked, event: unknown, detail: unknown): void {
  if (attempt === undefined) return;
  if (event === 'error') {
    attempt.end(failureOf(detail));
  } else if (event === 'close' && !attempt.answered) {
    attempt.end({ class: 'aborted', code: null });
  }
}

/** `emit('upgrade', response, socket, head)`; the application puts the head back into the socket. */
function upgraded(attempt: Tracked, [, response, socket]: unknown[], sessions: SessionWatch): void {
  if (attempt === undefined) return;
  const { statusCode, rawHeaders } = response as HttpResponse;
  const headers = readHeaders(rawHeaders);
  attempt.answer(statusCode ?? 101, headers);
  if (headers['upgrade']?.toLowerCase() === 'websocket') sessions.open(attempt, socket, headers);
  else attempt.end(null);
}

function pushed(attempt: Tracked, chunk: unknown, response: HttpResponse): void {
  if (attempt === undefined) return;
  if (chunk instanceof Uint8Array) attempt.received(chunk);
  if (chunk !== null) return;
  // Nobody listened for the answer: Node reads on without pushing.
  if (response['_dumped'] === true) attempt.bodyNotSeen();
  // Node pushes the end also for an answer that was cut, after its socket has closed.
  attempt.end(response.complete ? null : { class: 'connection', code: 'ECONNRESET' });
}

function responseEvent(attempt: Tracked, [event, detail]: readonly unknown[], { socket }: HttpResponse): void {
  if (attempt === undefined) return;
  if (event === 'error') attempt.end(failureOf(detail));
  // `aborted` comes first, whoever cut the answer: where its socket was gone by then, it was not the application.
  else if (event === 'aborted' && socket.destroyed) attempt.end({ class: 'connection', code: 'ECONNRESET' });
  else if (event === 'close') attempt.end({ class: 'aborted', code: null });
}

function deliver(attempt: Tracked): void {
  attempt?.deliver();
}

function isEncoding(value: unknown): value is BufferEncoding {
  return typeof value === 'string' && Buffer.isEncoding(value);
}
