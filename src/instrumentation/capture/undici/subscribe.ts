/**
 * Sees every request of every undici copy of the process: the one that Node bundles for `fetch`, and npm's.
 *
 * The channel `undici:request:create` tells its subscribers of a request synchronously, in the caller's context. We take
 * the place of its `publish` instead of subscribing, because a subscriber cannot run the others in a context: that is
 * what makes the HTTP spans of `@opentelemetry/instrumentation-undici` children of ours, whichever was switched on first.
 */
import { channel as channelOf, subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Channel } from 'node:diagnostics_channel';
import { context as contexts } from '@opentelemetry/api';
import type { Attempt } from '../attempt.ts';
import type { Capture } from '../capture.ts';
import type { Undo } from '../claim.ts';
import { reportFault } from '../guard.ts';
import { createSessionWatch } from '../websocket/socket.ts';
import { followCallers } from './callers.ts';
import { createWatch } from './hooks.ts';
import { undiciRequestReader } from './request.ts';
import type { UndiciRequest } from './request.ts';

const CREATE = 'undici:request:create';

type Publish = (this: Channel, message: unknown) => void;

interface Publisher {
  readonly publish: Publish;
}

export function enableUndici(capture: Capture): Undo {
  const channel = channelOf(CREATE);
  const { counters } = capture;
  const sessions = createSessionWatch(capture);
  const watch = createWatch(counters, sessions);
  const callers = followCallers((origin) => capture.match(origin) !== null);
  const before = Object.getOwnPropertyDescriptor(channel, 'publish');
  let on = true;

  /** undici publishes only where there are subscribers; this one is there for that. */
  const present = () => {};

  /** The channel's prototype changes with its first subscriber, so that it is asked each time. */
  const passOn: Publish = function (message) {
    const publish = (before?.value ?? (Object.getPrototypeOf(this) as Publisher).publish) as Publish;
    publish.call(this, message);
  };

  const begin = (message: unknown): Attempt<UndiciRequest> | null => {
    const { request } = message as { request: UndiciRequest };
    const { path } = request;
    const origin = path.startsWith('/') ? request.origin : originOf(path);
    const match = capture.match(String(origin));
    if (match === null || request.method === 'CONNECT') return null;
    const url = URL.parse(path, String(origin));
    if (url === null) return null;
    return callers.run(request, () => {
      const attempt = capture.begin(match, request, undiciRequestReader, request.method, url);
      if (attempt !== null) watch(request, attempt);
      return attempt;
    });
  };

  const publish: Publish = function (message) {
    let attempt: Attempt<UndiciRequest> | null = null;
    if (on) {
      try {
        attempt = begin(message);
      } catch (error) {
        reportFault(counters, 'create', error);
      }
    }
    if (attempt === null) {
      passOn.call(this, message);
      return;
    }
    let passed = false;
    try {
      contexts.with(attempt.context, () => {
        passed = true;
        passOn.call(this, message);
      });
    } catch (error) {
      reportFault(counters, 'context', error);
      if (!passed) passOn.call(this, message);
    }
  };

  subscribe(CREATE, present);
  Object.defineProperty(channel, 'publish', { value: publish, configurable: true, writable: true, enumerable: false });

  return () => {
    on = false;
    sessions.stop();
    callers.undo();
    unsubscribe(CREATE, present);
    // Another tool may have put its own in front meanwhile and calls ours: then ours stays, and only passes on.
    if ((channel as Publisher).publish !== publish) return;
    if (before === undefined) delete (channel as Partial<Channel>).publish;
    else Object.defineProperty(channel, 'publish', before);
  };
}

/** A proxy that does not tunnel gets the absolute address as path, and is itself the origin. */
function originOf(path: string): string {
  const slash = path.indexOf('/', path.indexOf('://') + 3);
  return slash === -1 ? path : path.slice(0, slash);
}
