/** A service that goes on sending while others attack: what was acknowledged to it has to be in the ledger. */
import { encodeRecord, encodeRequest } from '../../src/instrumentation/emit/ledger-record.ts';
import { knownRecord } from '../faults/known-records.ts';
import type { RecordSeries } from '../faults/known-records.ts';

export interface GoodSender {
  /** Delivers what is on its way. @returns records that were acknowledged: 0 to this − 1 */
  stop(): Promise<number>;
}

const BATCH = 20;
const EVERY_MS = 100;

export function startGoodSender(port: number, series: RecordSeries): GoodSender {
  let sent = 0;
  const state = { stopped: false };
  const run = async (): Promise<void> => {
    while (!state.stopped) {
      const batch = Array.from({ length: BATCH }, (_, index) => encodeRecord(knownRecord(series, sent + index)));
      if (await accepted(port, encodeRequest(batch))) sent += BATCH;
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  };
  const running = run();
  return {
    async stop() {
      state.stopped = true;
      await running;
      return sent;
    },
  };
}

async function accepted(port: number, body: string): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/v1/logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}
