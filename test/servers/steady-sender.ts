/** A sender that goes on through whatever happens to the database, and knows what was acknowledged to it. */
import { setTimeout as delay } from 'node:timers/promises';
import { LedgerError } from '../../src/ledger/ledger-error.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { waitUntil } from '../stack/processes.ts';
import { parsed, usageRecord } from '../ledger/usage-record.ts';

export interface SteadySender {
  /** Resolves when so many records more are acknowledged. */
  more(records: number): Promise<void>;
  /** Batches that were refused for now, and sent again. */
  readonly refusals: number;
  /** @returns ids of all that was acknowledged */
  stop(): Promise<readonly string[]>;
  /** The same where nobody asks. */
  end(): void;
}

const BATCH = 40;
const WITHIN_MS = 60_000;

export function startSteadySender(ledger: Ledger): SteadySender {
  const acknowledged: string[] = [];
  const state = { stopped: false, refusals: 0 };
  const send = async (): Promise<void> => {
    while (!state.stopped) {
      const batch = Array.from({ length: BATCH }, () => usageRecord());
      // Whatever was refused may have been stored all the same: the same records again, until somebody says yes.
      for (let stored = false; !stored;) {
        try {
          await ledger.ingestLogs(parsed(...batch));
          stored = true;
          acknowledged.push(...batch.map(({ id }) => id));
        } catch (error) {
          if (!(error instanceof LedgerError)) throw error;
          state.refusals += 1;
          await delay(100);
        }
      }
      await delay(5);
    }
  };
  const running = Promise.all([send(), send()]);
  // Its failure is told by stop().
  running.catch(() => undefined);
  return {
    async more(records) {
      const wanted = acknowledged.length + records;
      await waitUntil(`${records} records more are acknowledged`, async () => acknowledged.length >= wanted, {
        timeoutMs: WITHIN_MS,
      });
    },
    get refusals() {
      return state.refusals;
    },
    async stop() {
      state.stopped = true;
      await running;
      return acknowledged;
    },
    end() {
      state.stopped = true;
    },
  };
}

/** @throws Error when something is missing, there twice, or a rollup differs from its rows */
export async function expectAllOnce(ledger: Ledger, acknowledged: readonly string[]): Promise<void> {
  const { rows } = await ledger.pool.query<{ id: string }>('select id from wiretally_private.calls');
  const there = new Set(rows.map(({ id }) => id));
  const lost = acknowledged.filter((id) => !there.has(id)).length;
  const { differences } = await ledger.audit();
  if (lost > 0 || there.size !== rows.length || differences.length > 0 || acknowledged.length === 0) {
    throw new Error(
      `${acknowledged.length} acknowledged, ${lost} lost, ${rows.length - there.size} more than once, ` +
        `${differences.length} values of rollups differ`,
    );
  }
}
