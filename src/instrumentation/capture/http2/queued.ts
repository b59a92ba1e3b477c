/**
 * Whose is a stream that http2-wrapper makes? got speaks HTTP/2 with it. Where its sessions are busy, requests wait, and are
 * made by whoever lets a stream go. The caller takes the stream over a moment later, in a context of its own: before it
 * writes anything it waits for the answer by `once('response')`. There the attempt begins.
 */
import type { Http2Session } from 'node:http2';
import type { CaptureCounters } from '../counters.ts';
import { guard } from '../guard.ts';
import { createOverride } from '../override.ts';
import type { Http2Request } from './stream.ts';

export interface QueuedStreams {
  /** Calls `begin` once, in the context of the code that takes the stream over. */
  wait(stream: Http2Request, begin: () => void): void;
  /** Begins now, where nobody has taken the stream over. */
  begin(stream: Http2Request): void;
}

export function createQueuedStreams(counters: CaptureCounters): QueuedStreams {
  const waiting = new WeakMap<Http2Request, () => void>();
  const begin = (stream: Http2Request): void => {
    const beginning = waiting.get(stream);
    waiting.delete(stream);
    beginning?.();
  };
  const onOnce = createOverride<Http2Request>(
    (original) =>
      function (...args) {
        if (args[0] === 'response') guard(counters, 'create', begin, this, undefined, undefined);
        return original.apply(this, args);
      },
  );
  // Whoever has given up meanwhile destroys it at once.
  const onDestroy = createOverride<Http2Request>(
    (original) =>
      function (...args) {
        guard(counters, 'create', begin, this, undefined, undefined);
        return original.apply(this, args);
      },
  );
  return {
    wait(stream, beginning) {
      waiting.set(stream, beginning);
      onOnce(stream, 'once');
      onDestroy(stream, 'destroy');
    },
    begin,
  };
}

/** http2-wrapper puts a `request` of its own on its sessions, and keeps Node's under a symbol of that name. */
export function isHttp2Wrappers(session: Http2Session | undefined): boolean {
  if (session === undefined || !Object.hasOwn(session, 'request')) return false;
  return Object.getOwnPropertySymbols(session).some(({ description }) => description === 'request');
}
