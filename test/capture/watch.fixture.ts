/** Capture on its own: hosts and an observer of the test's, everything else real. */
import type { Context } from '@opentelemetry/api';
import { NOTHING_STATED } from '@wiretally/usage';
import type { Exchange, HostMap, Provider } from '@wiretally/usage';
import type { ActiveCall, CallObserver, CallStart, CallTiming } from '../../src/instrumentation/call-observer.ts';
import { Capture } from '../../src/instrumentation/capture/capture.ts';
import type { CaptureLimits } from '../../src/instrumentation/capture/limits.ts';
import { enableTransports } from '../../src/instrumentation/capture/transports.ts';

export interface SeenCall {
  readonly start: CallStart;
  readonly context: Context;
  /** How often it was ended: 1 when all is well. */
  ends: number;
  discarded: boolean;
  exchange: Exchange | null;
  timing: CallTiming | null;
}

export interface Watch {
  readonly capture: Capture;
  readonly calls: SeenCall[];
  /** Waits until every call that was seen has ended. */
  ended(): Promise<void>;
  /** The only call there was, after it ended. */
  only(): Promise<SeenCall>;
  stop(): void;
}

export interface WatchOptions {
  /** `host:port` of those that count as an AI provider's. */
  readonly hosts: readonly string[];
  /** Real providers, instead of one that knows nothing. */
  readonly map?: HostMap;
  readonly limits?: Partial<CaptureLimits>;
  readonly contextOf?: (start: CallStart) => Context;
  readonly observer?: Partial<CallObserver & Pick<ActiveCall, 'end'>>;
}

const provider: Provider = {
  name: 'test',
  shortName: 'test',
  displayName: 'Test',
  hosts: [],
  report: { status: 'green', note: '', link: null },
  route: () => ({ kind: 'call', operation: 'chat', serviceType: 'text', model: null }),
  read: (exchange) => ({
    ...NOTHING_STATED,
    provider: 'test',
    operation: 'chat',
    serviceType: 'text',
    usageMissingReason: 'not-stated',
    status: exchange.response?.status ?? null,
  }),
};

export function hostMap(hosts: readonly string[]): HostMap {
  const known = new Set(hosts);
  return { lookup: (host) => (known.has(host) ? { provider: () => provider } : undefined) };
}

export function watch(options: WatchOptions): Watch {
  const calls: SeenCall[] = [];
  const waiting = new Set<() => void>();
  const settle = () => {
    for (const check of waiting) check();
  };
  const observer: CallObserver = {
    start(start) {
      const inside = options.contextOf?.(start) ?? start.context;
      const call: SeenCall = { start, context: inside, ends: 0, discarded: false, exchange: null, timing: null };
      calls.push(call);
      return {
        context: inside,
        end(exchange, timing) {
          call.ends += 1;
          call.exchange = exchange;
          call.timing = timing;
          settle();
          options.observer?.end?.(exchange, timing);
        },
        discard() {
          call.ends += 1;
          call.discarded = true;
          settle();
        },
      };
    },
    ...(options.observer?.start === undefined ? {} : { start: options.observer.start }),
  };
  const capture = new Capture({ hosts: options.map ?? hostMap(options.hosts), observer, limits: options.limits });
  const stop = enableTransports(capture);
  const ended = () =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (calls.some((call) => call.ends === 0)) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  return {
    capture,
    calls,
    stop,
    ended,
    async only() {
      await ended();
      if (calls.length !== 1) throw new Error(`expected one call, saw ${calls.length}`);
      return calls[0]!;
    },
  };
}

export function text(body: { head: Uint8Array; tail: Uint8Array } | null | undefined): string | null {
  return body === null || body === undefined ? null : Buffer.concat([body.head, body.tail]).toString();
}
