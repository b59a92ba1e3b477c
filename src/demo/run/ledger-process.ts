/** The ledger as a process: `wiretally up`, as an operator starts it. */
import { setTimeout as pause } from 'node:timers/promises';
import { settledWithin, startChild } from './child.ts';
import type { Child } from './child.ts';
import { DemoError } from './demo-error.ts';
import { wiretallyCommand } from './wiretally-command.ts';

export interface LedgerProcessOptions {
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly port: number;
  readonly signal: AbortSignal;
}

/** The first start makes the database's files, which takes seconds; a start after a crash replays its log. */
const READY_PATIENCE_MS = 120_000;

/** @throws DemoError with the ledger's own words, where it does not start. */
export async function startLedgerProcess(options: LedgerProcessOptions): Promise<Child> {
  const child = startChild({
    name: 'ledger',
    arguments: [wiretallyCommand(), 'up'],
    cwd: options.cwd,
    environment: { ...options.environment, WIRETALLY_PORT: String(options.port) },
    // When the demo is gone, the services deliver their last records first.
    leashDelayMs: 3_000,
  });
  const url = `http://127.0.0.1:${options.port}`;
  const deadline = Date.now() + READY_PATIENCE_MS;
  while (!(await answers(url))) {
    if (!child.running()) break;
    if (options.signal.aborted || Date.now() > deadline) {
      await child.stop(10_000);
      options.signal.throwIfAborted();
      throw new DemoError(`The ledger was not ready within ${READY_PATIENCE_MS / 1000} s.\n${child.output()}`);
    }
    await settledWithin(child.exited, 100);
  }
  // Another ledger may have answered on that port while ours was failing over it.
  await pause(50);
  if (!child.running()) {
    await child.exited;
    throw new DemoError(`The ledger did not start.\n${child.output()}`);
  }
  return child;
}

async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}
