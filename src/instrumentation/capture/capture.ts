/** What all transports share: which hosts are ours, the observer, the exchanges in flight. */
import { context as contexts } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import type { HostMap, HostMatch } from '@wiretally/usage';
import type { CallObserver } from '../call-observer.ts';
import { Attempt } from './attempt.ts';
import type { AttemptOwner, AttemptStart, RequestReader } from './attempt.ts';
import { createCounters } from './counters.ts';
import type { CaptureCounters, DropReason, FaultPlace } from './counters.ts';
import { reportFault } from './guard.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import type { CaptureLimits } from './limits.ts';

export interface CaptureOptions {
  readonly hosts: HostMap;
  readonly observer: CallObserver;
  readonly limits?: Partial<CaptureLimits> | undefined;
  readonly counters?: CaptureCounters;
  /** Somebody wants to read what was said: keep more of the bodies. Default false. */
  readonly keepContent?: boolean;
  /** Milliseconds since the epoch, monotonic. */
  readonly now?: () => number;
}

type Beginning<R> = Pick<AttemptStart<R>, 'provider' | 'request' | 'reader' | 'method' | 'url' | 'caller'>;

/** Distinct origins whose answer is remembered. A crawler meets more: then the memory starts anew. */
const REMEMBERED_ORIGINS = 1_000;

export class Capture implements AttemptOwner {
  readonly limits: CaptureLimits;
  readonly counters: CaptureCounters;
  readonly now: () => number;
  readonly #hosts: HostMap;
  readonly #observer: CallObserver;
  readonly #keepContent: boolean;
  readonly #origins = new Map<string, HostMatch | null>();
  readonly #inFlight = new Set<Attempt>();
  readonly #pending = new Set<Promise<void>>();

  constructor(options: CaptureOptions) {
    this.#hosts = options.hosts;
    this.#observer = options.observer;
    this.#keepContent = options.keepContent ?? false;
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.counters = options.counters ?? createCounters();
    this.now = options.now ?? (() => performance.timeOrigin + performance.now());
  }

  /**
   * The first question of every hook: one look-up, and nothing else for hosts that are nobody's.
   *
   * @param origin scheme and host as the transport has them, e.g. `https://api.openai.com`.
   */
  match(origin: string): HostMatch | null {
    const known = this.#origins.get(origin);
    return known === undefined ? this.#resolve(origin) : known;
  }

  /**
   * Begins an attempt, where this path of the host is a provider's and the caller is not an exporter.
   *
   * @param caller the context of the code that made the request.
   */
  begin<R>(
    match: HostMatch,
    request: R,
    reader: RequestReader<R>,
    method: string,
    url: URL,
    caller: Context = contexts.active(),
  ): Attempt<R> | null {
    if (isTracingSuppressed(caller)) return null;
    const provider = match.provider(url.pathname);
    return provider === undefined ? null : this.#begin({ provider, request, reader, method, url, caller }, this.now());
  }

  /**
   * Begins a turn of the session that a request became.
   *
   * @param caller the context of the code that asked, where it is known.
   */
  beginTurn<R>(upgrade: Attempt<R>, caller: Context, startedAtMs: number): Attempt<R> | null {
    return isTracingSuppressed(caller) ? null : this.#begin({ ...upgrade.start, caller }, startedAtMs);
  }

  #begin<R>(from: Beginning<R>, startedAtMs: number): Attempt<R> | null {
    const { provider, request, reader, method, url, caller } = from;
    const call = this.#observer.start({ provider, method, url, startedAtMs, context: caller });
    if (call === null) return null;
    const { counters } = this;
    const keepBodies = counters.inFlight < this.limits.inFlight;
    const keepContent = this.#keepContent && counters.inFlight < this.limits.contentInFlight;
    const attempt = new Attempt(this, {
      call,
      provider,
      caller,
      request,
      reader,
      method,
      url,
      startedAtMs,
      keepBodies,
      keepContent,
    });
    counters.seen += 1;
    counters.inFlight += 1;
    if (!keepBodies) counters.overloaded += 1;
    this.#inFlight.add(attempt);
    return attempt;
  }

  ended(attempt: Attempt, outcome: 'emitted' | DropReason, error?: unknown): void {
    if (!this.#inFlight.delete(attempt)) return;
    this.counters.inFlight -= 1;
    if (outcome === 'emitted') {
      this.counters.emitted += 1;
    } else {
      this.counters.dropped[outcome] += 1;
      if (outcome === 'failed') reportFault(this.counters, 'observer', error);
    }
  }

  fault(place: FaultPlace, error: unknown): void {
    reportFault(this.counters, place, error);
  }

  pending(work: Promise<void>): void {
    const settled = work
      .catch((error: unknown) => reportFault(this.counters, 'decode', error))
      .finally(() => this.#pending.delete(settled));
    this.#pending.add(settled);
  }

  /** Resolves when the bodies of exchanges that have ended are decoded and handed over. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending);
  }

  /** Ends exchanges in which nothing has moved since the sweep before: answers that nobody reads and nobody cancels. */
  sweep(): void {
    for (const attempt of this.#inFlight) {
      try {
        attempt.sweep();
      } catch (error) {
        reportFault(this.counters, 'end', error);
      }
    }
  }

  /** Ends and hands over all that is under way: the process ends. */
  abandon(): void {
    for (const attempt of this.#inFlight) {
      try {
        attempt.abandon();
      } catch (error) {
        reportFault(this.counters, 'end', error);
      }
    }
  }

  #resolve(origin: string): HostMatch | null {
    const host = URL.parse(origin)?.host;
    const match = (host === undefined ? undefined : this.#hosts.lookup(host)) ?? null;
    if (this.#origins.size >= REMEMBERED_ORIGINS) this.#origins.clear();
    this.#origins.set(origin, match);
    return match;
  }
}
