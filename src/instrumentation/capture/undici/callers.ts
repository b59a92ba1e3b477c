/**
 * Whose call is it? The channel mostly speaks in the context of the code that called `fetch()`; not so where undici makes
 * the request later: a Pool whose connections are all busy does it when one is free again, a retry does it from a timer.
 *
 * Two things lead back. `request()`, `stream()` and `pipeline()` use a handler that is an `AsyncResource`. `fetch` and
 * interceptors do not; for them the dispatchers of npm's copies remember the context in which a handler came first.
 * Node's bundled copy needs none of it: its dispatcher has no cap and does not retry.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import type { Undo } from '../claim.ts';
import type { UndiciRequest } from './request.ts';

/** Runs a function in the asynchronous context of the caller. */
type Run = <T>(fn: () => T) => T;
type Dispatch = (this: unknown, options: unknown, handler: unknown) => unknown;
type Prototype = Record<string | symbol, unknown>;

export interface Callers {
  /** Runs `fn` as if by the code that made the request. */
  run<T>(request: UndiciRequest, fn: () => T): T;
  undo: Undo;
}

/** @param isOurs whether requests to this origin are watched: nothing is remembered for others. */
export function followCallers(isOurs: (origin: string) => boolean): Callers {
  const remembered = new WeakMap<object, Run>();
  /** Request prototype (one a copy of undici) → the symbol under which its requests keep their handler. */
  const copies = new WeakMap<object, symbol | null>();
  const undos: Undo[] = [];
  /** What the dispatch that is under way right now remembers. */
  let dispatching: Run | null = null;

  function remember(options: unknown, handler: unknown): Run | null {
    if (typeof handler !== 'object' || handler === null || typeof options !== 'object' || options === null) return null;
    const { origin } = options as { origin?: string | URL | null };
    if (origin === undefined || origin === null || !isOurs(String(origin))) return null;
    const known = remembered.get(handler);
    if (known !== undefined) return known;
    const run = dispatching ?? AsyncLocalStorage.snapshot();
    remembered.set(handler, run);
    return run;
  }

  function patch(prototype: Prototype, name: string | symbol): void {
    const original = prototype[name];
    if (typeof original !== 'function') return;
    const dispatch: Dispatch = function (options, handler) {
      const outer = dispatching;
      try {
        dispatching = remember(options, handler) ?? outer;
      } catch {
        // Options that throw when they are read: undici will say so itself.
      }
      try {
        return (original as Dispatch).call(this, options, handler);
      } finally {
        dispatching = outer;
      }
    };
    prototype[name] = dispatch;
    undos.push(() => {
      if (prototype[name] === dispatch) prototype[name] = original;
    });
  }

  function meet(prototype: object, request: UndiciRequest): symbol | null {
    const symbol = Object.getOwnPropertySymbols(request).find(({ description }) => description === 'handler') ?? null;
    copies.set(prototype, symbol);
    for (const [kind, exported] of loadedDispatchers()) {
      if (patched.has(exported)) continue;
      patched.add(exported);
      if (kind === 'base') patch(exported, 'dispatch');
      const queueing = Object.getOwnPropertySymbols(exported).find(({ description }) => description === 'dispatch');
      if (kind === 'pool' && queueing !== undefined) patch(exported, queueing);
    }
    return symbol;
  }
  const patched = new WeakSet<object>();

  return {
    run(request, fn) {
      const prototype = Object.getPrototypeOf(request) as object;
      const known = copies.get(prototype);
      const symbol = known === undefined ? meet(prototype, request) : known;
      const handler = symbol === null ? null : (request as unknown as Record<symbol, unknown>)[symbol];
      if (typeof handler === 'object' && handler !== null) {
        const run = remembered.get(handler) ?? dispatching;
        if (run !== null) return run(fn);
        if (isAsyncResource(handler)) return handler.runInAsyncScope(fn);
      }
      return fn();
    },
    undo() {
      for (const undo of undos) undo();
    },
  };
}

/**
 * The classes behind every dispatcher, of all copies of undici that are loaded as files. What was bundled into the
 * application's own file is not found, and keeps the context that the channel has.
 */
function loadedDispatchers(): [kind: 'base' | 'pool', prototype: Prototype][] {
  const found: [kind: 'base' | 'pool', prototype: Prototype][] = [];
  const { cache } = createRequire(import.meta.url);
  for (const path in cache) {
    const match = /[/\\]lib[/\\](?:dispatcher[/\\])?(dispatcher|pool)-base\.js$/.exec(path);
    if (match === null) continue;
    const exported: unknown = cache[path]?.exports;
    const constructor = match[1] === 'pool' ? (exported as { PoolBase?: unknown } | null)?.PoolBase : exported;
    if (typeof constructor !== 'function') continue;
    found.push([match[1] === 'pool' ? 'pool' : 'base', constructor.prototype as Prototype]);
  }
  return found;
}

function isAsyncResource(handler: object): handler is { runInAsyncScope<T>(fn: () => T): T } {
  return 'runInAsyncScope' in handler && typeof handler.runInAsyncScope === 'function';
}
