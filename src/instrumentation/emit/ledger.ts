/** The ledger exporter of this process, set up from the environment. */
import { diag } from '@opentelemetry/api';
import { resolveLedgerEndpoint } from './endpoint.ts';
import type { LedgerEndpoint } from './endpoint.ts';
import { flushAtExit } from './exit-hooks.ts';
import { createLedgerExporter } from './ledger-exporter.ts';
import type { LedgerExporter } from './ledger-exporter.ts';
import { createOtlpSender } from './otlp-sender.ts';
import { peekProcessWide, processWide } from './process-wide.ts';
import { spoolDirectory } from './spool-directory.ts';
import { createSpool } from './spool.ts';
import { VERSION } from './version.ts';

export interface Ledger {
  readonly exporter: LedgerExporter;
  readonly endpoint: LedgerEndpoint;
  /** Null where the spool is off. */
  readonly spoolDirectory: string | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

const logger = diag.createComponentLogger({ namespace: '@wiretally/instrumentation' });

/**
 * Opened once a process, by whichever copy of this package needs it first.
 *
 * @throws Error where a variable names no usable endpoint.
 */
export function processLedger(): Ledger {
  return processWide('ledger', () => {
    const ledger = openLedger(process.env);
    flushAtExit('ledger', {
      flush: (timeoutMs) => ledger.exporter.forceFlush(timeoutMs),
      activity: () => ledger.exporter.activity,
    });
    process.once('exit', () => ledger.exporter.leave());
    return ledger;
  });
}

/** @returns null where no ledger was opened in this process. */
export function openedLedger(): Ledger | null {
  return (peekProcessWide('ledger') as Ledger | undefined) ?? null;
}

export function openLedger(environment: Environment): Ledger {
  const endpoint = resolveLedgerEndpoint(environment);
  const directory = spoolDirectory(environment, endpoint.url);
  const spool =
    directory === null
      ? null
      : createSpool({ directory, maxBytes: spoolBytes(environment), onError: onceOf('the spool cannot be used') });
  const sender = createOtlpSender(endpoint, { userAgent: `wiretally/${VERSION}` });
  return { exporter: createLedgerExporter({ sender, spool }), endpoint, spoolDirectory: directory };
}

function spoolBytes(environment: Environment): number {
  const megabytes = Number(environment['WIRETALLY_SPOOL_MAX_MB'] || 128);
  return (Number.isFinite(megabytes) && megabytes > 0 ? megabytes : 128) * 1024 * 1024;
}

function onceOf(what: string): (error: unknown) => void {
  let told = false;
  return (error) => {
    if (told) return;
    told = true;
    logger.warn(`${what}; records are kept in memory alone`, error);
  };
}
