/**
 * Whose call is it? The channel mostly speaks in the context of the code that called `fetch()`. It does not where undici
 * makes the request later, and each case has its repair:
 *
 * - A Pool whose connections are all busy makes it when one is free again. `request()`, `stream()` and `pipeline()` have
 *   a handler that is an `AsyncResource`; for `fetch` and interceptors the dispatchers of npm's copies remember the context in
 *   which they were asked. Node's bundled copy has no cap by default. undici 7 hands a handler of the newer kind on in a
 *   wrapper, which then stands for it.
 * - A retry or redirect of an interceptor is made from a callback of the attempt before. Those callbacks are run in the
 *   context in which that attempt was made (hooks.ts).
 */
import { AsyncResource } from 'node:async_hooks';
import { createRequire } from 'node:module';
import type { Undo } from '../claim.ts';
import type { UndiciRequest } from './request.ts';

/**
 * What keeps the context of this moment, at a hundredth of what `AsyncLocalStorage.snapshot()` takes (4 µs). Nobody is told
 * when it is collected.
 */
export function callerHere(): AsyncResource {
  return new AsyncResource('WIRETALLY', { requireManualDestroy: true });
}

export interface Callers {
  /** Runs `fn` as if by the code that made the request. */
  run<T>(request: UndiciRequest, fn: () => T): T;
  undo: Undo;
}

type Dispatch = (this: unknown, options: unknown, handler: unknown) => unknown;

interface DispatcherPrototype {
  dispatch: Dispatch;
}

type Unwrap = (this: unknown, handler: object) => object;

interface Wrapper {
  unwrap: Unwrap;
}

/** @param isOurs whether requests to this origin are watched: nothing is remembered for others. */
export function followCallers(isOurs: (origin: string) => boolean): Callers {
  /** Handler → where its request was asked for. */
  const asked = new WeakMap<object, AsyncResource>();
  /** Request prototype, one a copy of undici → the symbol under which its requests keep their handler. */
  const copies = new WeakMap<object, symbol | null>();
  const undos: Undo[] = [];
  const patched = new WeakSet<object>();

  function remember(options: unknown, handler: unknown): void {
    if (typeof handler !== 'object' || handler === null || typeof options !== 'object' || options === null) return;
    const { origin } = options as { origin?: string | URL | null };
    if (origin === undefined || origin === null || !isOurs(String(origin)) || asked.has(handler)) return;
    asked.set(handler, callerHere());
  }

  function patch(dispatcher: DispatcherPrototype): void {
    const original = dispatcher.dispatch;
    const dispatch: Dispatch = function (options, handler) {
      try {
        remember(options, handler);
      } catch {
        // Options that throw when they are read: undici says so itself.
      }
      return original.call(this, options, handler);
    };
    dispatcher.dispatch = dispatch;
    undos.push(() => {
      if (dispatcher.dispatch === dispatch) dispatcher.dispatch = original;
    });
  }

  function patchWrapper(wrapper: Wrapper): void {
    const original = wrapper.unwrap;
    const unwrap: Unwrap = function (handler) {
      const wrapped = original.call(this, handler);
      const scope = asked.get(handler);
      if (scope !== undefined && !asked.has(wrapped)) asked.set(wrapped, scope);
      return wrapped;
    };
    wrapper.unwrap = unwrap;
    undos.push(() => {
      if (wrapper.unwrap === unwrap) wrapper.unwrap = original;
    });
  }

  /** A copy of undici is seen for the first time. */
  function meet(prototype: object, request: UndiciRequest): symbol | null {
    const symbol = Object.getOwnPropertySymbols(request).find(({ description }) => description === 'handler') ?? null;
    copies.set(prototype, symbol);
    for (const dispatcher of loadedDispatchers()) {
      if (patched.has(dispatcher)) continue;
      patched.add(dispatcher);
      patch(dispatcher);
    }
    for (const wrapper of loadedWrappers()) {
      if (patched.has(wrapper)) continue;
      patched.add(wrapper);
      patchWrapper(wrapper);
    }
    return symbol;
  }

  return {
    run(request, fn) {
      const prototype = Object.getPrototypeOf(request) as object;
      const known = copies.get(prototype);
      const symbol = known === undefined ? meet(prototype, request) : known;
      const handler = symbol === null ? null : (request as unknown as Record<symbol, unknown>)[symbol];
      if (typeof handler !== 'object' || handler === null) return fn();
      const caller = asked.get(handler);
      if (caller !== undefined) return caller.runInAsyncScope(fn);
      return isAsyncResource(handler) ? handler.runInAsyncScope(fn) : fn();
    },
    undo() {
      for (const undo of undos) undo();
    },
  };
}

/**
 * What all dispatchers inherit `dispatch` from, in all copies of undici that are loaded as files: a handler passes there
 * before its request may have to wait. A copy that was bundled into the application's own file is not found, and its
 * calls keep the context that the channel has.
 */
function loadedDispatchers(): DispatcherPrototype[] {
  return loaded(/[/\\]lib[/\\](?:dispatcher[/\\])?dispatcher-base\.js$/)
    .map(({ prototype }) => prototype as Partial<DispatcherPrototype>)
    .filter((prototype) => typeof prototype.dispatch === 'function') as DispatcherPrototype[];
}

/** What undici 7 makes a handler of the older kind with. */
function loadedWrappers(): Wrapper[] {
  return loaded(/[/\\]lib[/\\]handler[/\\]unwrap-handler\.js$/)
    .map((exported) => exported as unknown as Partial<Wrapper>)
    .filter(({ unwrap }) => typeof unwrap === 'function') as Wrapper[];
}

/** The functions and classes that CommonJS modules export whose path looks like this. */
function loaded(path: RegExp): { readonly prototype: object }[] {
  const { cache } = createRequire(import.meta.url);
  return Object.keys(cache)
    .filter((name) => path.test(name))
    .map((name): unknown => cache[name]?.exports)
    .filter((exported): exported is { readonly prototype: object } => typeof exported === 'function');
}

function isAsyncResource(handler: object): handler is { runInAsyncScope<T>(fn: () => T): T } {
  return 'runInAsyncScope' in handler && typeof handler.runInAsyncScope === 'function';
}
