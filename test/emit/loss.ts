/**
 * node --conditions=wiretally-source test/emit/loss.ts [--rounds N]
 *
 * How many ledger records are lost when a service that makes 200 calls a second is killed with SIGKILL at a random
 * moment, with and without the spool, while the ledger answers and while it does not. Ends with 1 where the spool lost a
 * record.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startCollector, startProvider } from './collector.fixture.ts';
import { startService } from './service.fixture.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const rounds = Number(values.rounds);

interface Loss {
  readonly ended: number;
  readonly lost: number;
}

async function kill(spool: 'on' | 'off', ledgerUp: boolean): Promise<Loss> {
  const [collector, provider] = await Promise.all([startCollector(), startProvider()]);
  const directory = mkdtempSync(join(tmpdir(), 'wiretally-loss-'));
  const environment = {
    APP_PROVIDER: provider.url,
    APP_CALLS: '1',
    WIRETALLY_HOSTS: `${provider.host}=openai`,
    WIRETALLY_SPOOL: spool,
    WIRETALLY_SPOOL_DIR: directory,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  };
  try {
    collector.up = ledgerUp;
    const service = startService('steady', environment);
    await service.said('.');
    await new Promise((resolve) => setTimeout(resolve, 1_000 + Math.random() * 2_000));
    service.child.kill('SIGKILL');
    await service.ended;
    collector.up = true;
    await startService('nothing', environment).ended;
    const delivered = new Set(collector.records.map((record) => record['wiretally.record.id'])).size;
    const ended = service.output.length;
    // A call may have left its record and not yet its dot.
    return { ended, lost: Math.max(0, ended - delivered) };
  } finally {
    await Promise.all([collector.close(), provider.close()]);
    rmSync(directory, { recursive: true, force: true });
  }
}

let failed = false;
console.log('ledger     spool  calls ended  records lost');
for (const ledgerUp of [true, false]) {
  for (const spool of ['off', 'on'] as const) {
    let total: Loss = { ended: 0, lost: 0 };
    for (let round = 0; round < rounds; round += 1) {
      const { ended, lost } = await kill(spool, ledgerUp);
      total = { ended: total.ended + ended, lost: total.lost + lost };
    }
    failed ||= spool === 'on' && total.lost > 0;
    console.log(
      [
        ledgerUp ? 'answers' : 'says 503',
        spool.padEnd(5),
        String(total.ended).padStart(11),
        String(total.lost).padStart(12),
      ]
        .map((cell, index) => (index === 0 ? cell.padEnd(9) : cell))
        .join('  '),
    );
  }
}
process.exitCode = failed ? 1 : 0;
