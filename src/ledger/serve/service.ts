/** Everything that `wiretally up` runs: the ledger, its HTTP surface, and the budget series. */
import { openLedger } from '../ledger.ts';
import type { Ledger, LedgerOptions, Logger } from '../ledger.ts';
import { isLoopback } from './access.ts';
import { createApp } from './app.ts';
import type { App } from './app.ts';
import { startBudgetTimer } from './budget-timer.ts';
import { ConfigurationError } from './configuration.ts';
import type { ServeConfiguration } from './configuration.ts';
import { listen } from './listen.ts';
import type { Listener } from './listen.ts';
import { createLedgerMetrics } from './metrics.ts';

export interface LedgerService {
  readonly ledger: Ledger;
  /** Page, API, OTLP and metrics. */
  readonly url: string;
  /** The well-known OTLP port, where it could be had. */
  readonly otlpUrl: string | null;
  /** What the operator should know though it is no error. */
  readonly remarks: readonly string[];
  /** Lets running requests end, stores what is queued, stops the database. Bounded in time. */
  close(): Promise<void>;
}

export interface ServiceOptions {
  readonly configuration: ServeConfiguration;
  readonly ledger?: LedgerOptions | undefined;
  readonly logger: Logger;
  readonly now?: (() => Date) | undefined;
}

const LAST_REQUESTS_MS = 5_000;

/** @throws ConfigurationError where a port or setting has to change first. */
export async function startLedgerService(options: ServiceOptions): Promise<LedgerService> {
  const { configuration, logger } = options;
  const now = options.now ?? (() => new Date());
  // Each step hands back its undo; closing, and a start that fails half-way, run them last in, first out.
  const undo: (() => Promise<void> | void)[] = [];
  const close = async (): Promise<void> => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
  };
  try {
    const ledger = await openLedger({ ...options.ledger, logger });
    undo.push(() => ledger.close());
    const metrics = createLedgerMetrics(ledger.stats);
    undo.push(() => metrics.close());
    undo.push(await startBudgetTimer({ ledger, metrics, configured: configuration.budgets, logger, now }));
    const { fetch } = createApp({
      ledger,
      metrics,
      logger,
      now,
      tokens: configuration.tokens,
      loopback: isLoopback(configuration.host),
    });
    const main = await listen({
      host: configuration.host,
      port: configuration.port,
      portVariable: 'WIRETALLY_PORT',
      fetch,
    });
    undo.push(() => main.close(LAST_REQUESTS_MS));
    const { listener, remarks } = await listenForOtlp(configuration, fetch);
    if (listener !== null) undo.push(() => listener.close(LAST_REQUESTS_MS));
    return { ledger, url: main.url, otlpUrl: listener?.url ?? null, remarks, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A Collector may have the well-known port already: that is a remark, unless the port was asked for. */
async function listenForOtlp(
  configuration: ServeConfiguration,
  fetch: App['fetch'],
): Promise<{ listener: Listener | null; remarks: string[] }> {
  const port = configuration.otlpPort;
  if (port === null || (port !== 0 && port === configuration.port)) return { listener: null, remarks: [] };
  try {
    const listener = await listen({ host: configuration.host, port, portVariable: 'WIRETALLY_OTLP_PORT', fetch });
    return { listener, remarks: [] };
  } catch (error) {
    if (!configuration.otlpPortIsDefault || !(error instanceof ConfigurationError)) throw error;
    return {
      listener: null,
      remarks: [
        `${error.message} If that is an OpenTelemetry Collector, let it send wiretally.call logs here; ` +
          'WIRETALLY_OTLP_PORT=none silences this.',
      ],
    };
  }
}
