/**
 * Overrides the response methods of one request. The functions are shared: one a function of undici's, none a request;
 * what belongs to the request is its attempt, under a symbol. Each tells the attempt what it saw, under the guard, and
 * gives back what the original returns: that carries backpressure (`false` pauses the parser).
 */
import { ATTEMPT, CALLER } from '../process-keys.ts';
import type { Attempt } from '../attempt.ts';
import type { CaptureCounters } from '../counters.ts';
import { failureOf } from '../failure.ts';
import { guard } from '../guard.ts';
import { readHeaders } from '../headers.ts';
import { createOverride } from '../override.ts';
import type { Method } from '../override.ts';
import type { SessionWatch } from '../websocket/socket.ts';
import { callerHere } from './callers.ts';
import type { UndiciRequest } from './request.ts';

type Hook = (
  counters: CaptureCounters,
  original: Method<UndiciRequest>,
  sessions: SessionWatch,
) => Method<UndiciRequest>;
type Tracked = Attempt<UndiciRequest> | undefined;

export function createWatch(
  counters: CaptureCounters,
  sessions: SessionWatch,
): (request: UndiciRequest, attempt: Attempt<UndiciRequest>) => void {
  const overrides = HOOKS.map(([names, hook]) => {
    const override = createOverride<UndiciRequest>((original) => hook(counters, original, sessions));
    return { names, override };
  });
  return (request, attempt) => {
    const version = 'onResponseStart' in request ? 1 : 0;
    request[ATTEMPT] = attempt;
    request[CALLER] = callerHere();
    for (const { names, override } of overrides) override(request, names[version]);
  };
}

/**
 * Runs an original in the context in which its request was made, instead of that of whoever opened the connection: from
 * these callbacks interceptors make the next attempt. Not for chunks, from which nothing follows.
 */
function asCaller(request: UndiciRequest, original: Method<UndiciRequest>, ...args: unknown[]): unknown {
  const caller = request[CALLER];
  return caller === undefined ? original.apply(request, args) : caller.runInAsyncScope(original, request, ...args);
}

const onSending: Hook = (counters, original) =>
  function (abort, context) {
    guard(counters, 'request-body', sending, this[ATTEMPT], undefined, undefined);
    return original.call(this, abort, context);
  };

const onBodySent: Hook = (counters, original) =>
  function (chunk) {
    guard(counters, 'request-body', sent, this[ATTEMPT], chunk, this.body);
    return original.call(this, chunk);
  };

const onHead: Hook = (counters, original) =>
  function (status, headers, resume, statusText) {
    guard(counters, 'response-head', answered, this[ATTEMPT], status, headers);
    return asCaller(this, original, status, headers, resume, statusText);
  };

const onChunk: Hook = (counters, original) =>
  function (chunk) {
    guard(counters, 'response-body', received, this[ATTEMPT], chunk, undefined);
    return original.call(this, chunk);
  };

const onEnd: Hook = (counters, original) =>
  function (trailers) {
    const attempt = this[ATTEMPT];
    guard(counters, 'end', completed, attempt, undefined, undefined);
    try {
      return asCaller(this, original, trailers);
    } finally {
      this[ATTEMPT] = undefined;
      guard(counters, 'end', deliver, attempt, undefined, undefined);
    }
  };

const onFailure: Hook = (counters, original) =>
  function (error) {
    const attempt = this[ATTEMPT];
    guard(counters, 'end', failed, attempt, error, undefined);
    try {
      return asCaller(this, original, error);
    } finally {
      this[ATTEMPT] = undefined;
      guard(counters, 'end', deliver, attempt, undefined, undefined);
    }
  };

const onUpgrade: Hook = (counters, original, sessions) =>
  function (status, headers, socket, statusText) {
    const attempt = this[ATTEMPT];
    guard(counters, 'end', upgraded, attempt, status, headers);
    if (this.upgrade === 'websocket') guard(counters, 'end', openSession, attempt, { socket, headers }, sessions);
    else guard(counters, 'end', completed, attempt, undefined, undefined);
    try {
      return asCaller(this, original, status, headers, socket, statusText);
    } finally {
      this[ATTEMPT] = undefined;
      guard(counters, 'end', deliver, attempt, undefined, undefined);
    }
  };

/** Each method's name in undici 5, 6, 7, and in 8, which renamed most. */
const HOOKS: readonly (readonly [names: readonly [before8: string, from8: string], hook: Hook])[] = [
  [['onConnect', 'onRequestStart'], onSending],
  [['onBodySent', 'onBodySent'], onBodySent],
  [['onHeaders', 'onResponseStart'], onHead],
  [['onData', 'onResponseData'], onChunk],
  [['onComplete', 'onResponseEnd'], onEnd],
  [['onError', 'onResponseError'], onFailure],
  [['onUpgrade', 'onRequestUpgrade'], onUpgrade],
];

function sending(attempt: Tracked): void {
  attempt?.sending();
}

function sent(attempt: Tracked, chunk: unknown, body: unknown): void {
  if (attempt === undefined) return;
  // @note over h2 undici listens for `data` on the stream that it writes a Readable into, which is the answer's:
  // what comes after the answer's head is the answer, not the request.
  if (attempt.answered && isReadable(body)) return;
  if (chunk instanceof Uint8Array) attempt.sent(chunk);
  else if (typeof chunk === 'string') attempt.sent(Buffer.from(chunk));
}

function answered(attempt: Tracked, status: unknown, headers: unknown): void {
  if (attempt === undefined || typeof status !== 'number' || status < 200) return;
  attempt.answer(status, readHeaders(headers));
}

function received(attempt: Tracked, chunk: unknown): void {
  if (chunk instanceof Uint8Array) attempt?.received(chunk);
}

function completed(attempt: Tracked): void {
  attempt?.end(null);
}

function failed(attempt: Tracked, error: unknown): void {
  attempt?.end(failureOf(error));
}

/** The answer to an upgrade is its head; what flows afterwards is not HTTP. Over h2 undici states no status. */
function upgraded(attempt: Tracked, status: unknown, headers: unknown): void {
  if (typeof status === 'number') attempt?.answer(status, readHeaders(headers));
}

function openSession(
  attempt: Tracked,
  upgrade: { readonly socket: unknown; readonly headers: unknown },
  sessions: SessionWatch,
): void {
  if (attempt !== undefined) sessions.open(attempt, upgrade.socket, readHeaders(upgrade.headers));
}

function deliver(attempt: Tracked): void {
  attempt?.deliver();
}

function isReadable(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'pipe' in body && typeof body.pipe === 'function';
}
