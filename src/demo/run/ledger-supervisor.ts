/** Keeps a ledger running: one that ends unasked, even by kill -9, is started again on the same data. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Child } from './child.ts';
import { startLedgerProcess } from './ledger-process.ts';
import type { LedgerProcessOptions } from './ledger-process.ts';

export interface LedgerSupervisor {
  /** Page, API and OTLP. */
  readonly url: string;
  pid(): number | undefined;
  restarts(): number;
  /** What it wrote since it was started last. */
  output(): string;
  /** When it is being started again: until it is back, or cannot be. */
  ready(): Promise<void>;
  /** Settles, with the reason, when it cannot be kept running. */
  readonly failed: Promise<Error>;
  kill(signal: NodeJS.Signals): void;
  /** @returns whether it ended by itself in time. */
  stop(patienceMs: number): Promise<boolean>;
}

export interface SupervisorOptions extends LedgerProcessOptions {
  /** Ends a start that is not the first. */
  readonly restartSignal: AbortSignal;
}

const MAX_RESTARTS = 10;

/** @throws DemoError where the first start fails. */
export async function superviseLedger(
  options: SupervisorOptions,
  say: (line: string) => void,
): Promise<LedgerSupervisor> {
  let current: Child = await startLedgerProcess(options);
  let restarts = 0;
  let stopping = false;
  let patience = 0;
  let back = Promise.withResolvers<void>();
  back.resolve();
  const failure = Promise.withResolvers<Error>();

  const watch = async (): Promise<void> => {
    for (;;) {
      const { code, signal } = await current.exited;
      if (stopping) return;
      restarts += 1;
      back = Promise.withResolvers<void>();
      say(`The ledger ended (${signal ?? `exit code ${code}`}); starting it again.`);
      if (restarts > MAX_RESTARTS) throw new Error(`The ledger ended ${restarts} times.\n${current.output()}`);
      await pause(500);
      // Begun again, it is finished: also where the person stops the demo meanwhile, the services have to deliver.
      current = await startLedgerProcess({ ...options, signal: options.restartSignal });
      if (stopping) {
        await current.stop(patience);
        return;
      }
      back.resolve();
      say(`The ledger is back (pid ${current.pid}).`);
    }
  };
  const watching = watch().catch((error: unknown) => {
    back.resolve();
    failure.resolve(error instanceof Error ? error : new Error(String(error)));
  });

  return {
    url: `http://127.0.0.1:${options.port}`,
    pid: () => current.pid,
    restarts: () => restarts,
    output: () => current.output(),
    ready: () => back.promise,
    failed: failure.promise,
    kill: (signal) => current.kill(signal),
    async stop(patienceMs) {
      stopping = true;
      patience = patienceMs;
      const inTime = await current.stop(patienceMs);
      await watching;
      return inTime;
    },
  };
}
