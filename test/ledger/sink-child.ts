/**
 * A ledger in a process of its own, to be killed: stores batches until it dies, and says on stdout which ids were
 * acknowledged; SIGUSR2 adds an empty line. Arguments: data folder, number of the process, records a batch.
 */
import { writeSync } from 'node:fs';
import { LedgerError, openLedger } from '../../src/ledger/ledger.ts';
import { QUICK_SETTINGS } from './harness.ts';
import { parsed, usageRecord } from './usage-record.ts';

const [dataDir = '', seed = '0', size = '20'] = process.argv.slice(2);
// Synchronous: what was written before the kill is read after it.
const say = (line: string): void => void writeSync(1, `${line}\n`);

const ledger = await openLedger({ dataDir, serverSettings: QUICK_SETTINGS });
say('ready');
process.on('SIGUSR2', () => say(''));
process.on('SIGTERM', () => {
  void ledger.close().then(() => process.exit(0));
});

let sent = 0;
const send = async (): Promise<void> => {
  for (;;) {
    const records = Array.from({ length: Number(size) }, () => {
      sent += 1;
      return usageRecord({ requestModel: `model-${sent % 5}`, userId: `sink-${seed}`, costUsd: '0.001' });
    });
    // As a sender does: again until it is acknowledged.
    for (;;) {
      try {
        await ledger.ingestLogs(parsed(...records));
        break;
      } catch (error) {
        if (!(error instanceof LedgerError) || error.code === 'closed') return;
        await new Promise((resolve) => {
          setTimeout(resolve, 20);
        });
      }
    }
    for (const record of records) say(record.id);
  }
};
await Promise.all([send(), send(), send()]);
