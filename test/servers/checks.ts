/** What has to hold on a PostgreSQL that is not ours. */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reprice } from '../../src/ledger/prices/reprice/reprice.ts';
import { LedgerError } from '../../src/ledger/ledger-error.ts';
import { openLedger } from '../../src/ledger/ledger.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { silentLogger } from '../../src/ledger/logger.ts';
import { startCuttingProxy } from '../faults/cutting-proxy.ts';
import { compareLedger, whatIsWrong } from '../faults/compare-ledger.ts';
import { knownRecord } from '../faults/known-records.ts';
import type { RecordSeries } from '../faults/known-records.ts';
import { parsed } from '../ledger/usage-record.ts';
import { waitUntil } from '../stack/processes.ts';
import { DATABASE, PASSWORD, ROLE } from './postgres-server.ts';
import type { PostgresServer } from './postgres-server.ts';
import { expectAllOnce, startSteadySender } from './steady-sender.ts';
import type { SteadySender } from './steady-sender.ts';

const SERIES: RecordSeries = { startUnixMicros: Date.UTC(2026, 10, 20, 10, 15) * 1000, stepMicros: 60_000 };

export interface Certificates {
  /** Paths of PEM files: that of the server's authority, and another one. */
  readonly ca: string;
  readonly otherCa: string;
}

export function urlOf(port: number, parameters: Readonly<Record<string, string>>, host = 'localhost'): string {
  return `postgresql://${ROLE}:${PASSWORD}@${host}:${port}/${DATABASE}?${new URLSearchParams(parameters).toString()}`;
}

/** By TLS with the name checked, as a role that owns one database. */
export async function overTls(server: PostgresServer, { ca, otherCa }: Certificates): Promise<void> {
  const verified = { sslmode: 'verify-full', sslrootcert: ca };
  for (const [why, databaseUrl] of [
    ['of another authority', urlOf(server.port, { ...verified, sslrootcert: otherCa })],
    ['for another name', urlOf(server.port, verified, '127.0.0.1')],
    ['and none is wanted', urlOf(server.port, { sslmode: 'disable' })],
  ] as const)
    await refused(`the certificate is ${why}`, databaseUrl);
  const ledger = await openLedger({ databaseUrl: urlOf(server.port, verified) });
  try {
    const { rows } = await ledger.pool.query<Record<string, unknown>>(
      `select ssl, (select rolsuper from pg_roles where rolname = current_user) as super
       from pg_stat_ssl where pid = pg_backend_pid()`,
    );
    if (rows[0]?.['ssl'] !== true || rows[0]['super'] !== false) throw new Error(JSON.stringify(rows));
    await storeTwice([ledger, ledger]);
    await ledger.pool.query("insert into token_usage (model, input_tokens) values ('gpt-4o', 1)");
    const { rows: usage } = await ledger.pool.query("select from ai_usage_tracking where provider = 'openai'");
    if (usage.length === 0) throw new Error('what was inserted through a view is not in the other one');
    const { differences } = await ledger.audit();
    if (differences.length > 0) throw new Error(JSON.stringify(differences));
  } finally {
    await ledger.close();
  }
}

async function refused(why: string, databaseUrl: string): Promise<void> {
  try {
    await (await openLedger({ databaseUrl })).close();
  } catch (error) {
    if (error instanceof LedgerError && error.code === 'unavailable' && /DATABASE_URL/.test(error.message)) return;
    throw error;
  }
  throw new Error(`it was let in although ${why}`);
}

const RECORDS = 1200;

/** The same records by each ledger at once, in different orders: there once, with what completes others. */
async function storeTwice(ledgers: readonly Ledger[]): Promise<void> {
  const numbers = Array.from({ length: RECORDS }, (_, index) => index);
  await Promise.all(
    ledgers.map(async (ledger, turn) => {
      const order = turn % 2 === 0 ? numbers : numbers.toReversed();
      for (let from = 0; from < RECORDS; from += 150) {
        const batch = order.slice(from, from + 150);
        await ledger.ingestLogs(parsed(...batch.map((number) => knownRecord(SERIES, number))));
      }
    }),
  );
  const wrong = whatIsWrong(await compareLedger(ledgers[0]!, SERIES, RECORDS));
  if (wrong !== null) throw new Error(wrong);
}

/** Stopped and started while records arrive. */
export async function restartInFlight(server: PostgresServer, ca: string): Promise<number> {
  const ledger = await openLedger({ databaseUrl: urlOf(server.port, { sslmode: 'verify-full', sslrootcert: ca }) });
  const sender = startSteadySender(ledger);
  try {
    await sender.more(400);
    await server.stop();
    // Until somebody has noticed.
    await waitUntil('a batch is refused', async () => sender.refusals > 0);
    await server.start();
    await sender.more(400);
    await expectAllOnce(ledger, await sender.stop());
    return sender.refusals;
  } finally {
    sender.end();
    await ledger.close();
  }
}

/** The first server is killed, its address goes to the one that follows it, and that is promoted a little later. */
export async function failover(
  primary: PostgresServer,
  standby: PostgresServer,
  port: number,
  ca: string,
): Promise<number> {
  await waitUntil('the standby follows', async () => {
    const rows = await primary.query('select sync_state from pg_stat_replication');
    return rows[0]?.['sync_state'] === 'sync';
  });
  let serving = primary;
  const address = await startCuttingProxy({ port, target: () => ({ host: '127.0.0.1', port: serving.port }) });
  const ledger = await openLedger({ databaseUrl: urlOf(port, { sslmode: 'verify-full', sslrootcert: ca }) });
  const sender = startSteadySender(ledger);
  try {
    await sender.more(400);
    await primary.kill();
    serving = standby;
    address.reset();
    await waitUntil('a ledger on a standby is not ready', async () => !ledger.stats.ready);
    await standby.query('select pg_promote()');
    await sender.more(400);
    await waitUntil('a ledger on a promoted server is ready', async () => ledger.stats.ready);
    await expectAllOnce(ledger, await sender.stop());
    return sender.refusals;
  } finally {
    sender.end();
    await ledger.close();
    await address.close();
  }
}

/** Two sinks that start at once behind a pooler, and everything that writes. */
export async function behindPooler(databaseUrl: string, folder: string): Promise<void> {
  const prices = join(folder, 'prices.yaml');
  writeFileSync(prices, 'prices: []\n');
  const ledgers = await Promise.all([1, 2].map(() => openLedger({ databaseUrl, prices })));
  const [ledger] = ledgers as [Ledger, Ledger];
  const senders: SteadySender[] = [];
  try {
    await storeTwice(ledgers);
    senders.push(...ledgers.map((each) => startSteadySender(each)));
    await Promise.all(senders.map((sender) => sender.more(400)));
    writeFileSync(
      prices,
      'name: acme\nprices:\n  - { model: gpt-4o-mini, usd_per_million_tokens: { input: 0.3, output: 1.2 } }\n',
    );
    // Twice each, by both: a lock that stayed behind in a session would refuse the next one for good.
    for (const each of [...ledgers, ...ledgers]) {
      await each.prices.reload();
      await reprice({
        pool: each.pool,
        prices: each.prices,
        logger: silentLogger,
        period: { from: null, to: null },
        filter: {},
        apply: { by: 'test', reason: randomUUID() },
      });
    }
    await ledger.repair();
    await ledger.forget({ kind: 'user', id: 'user-1' }, { by: 'test' });
    await ledger.pool.query("insert into token_usage (model, input_tokens) values ('gpt-4o', 1)");
    const acknowledged = (await Promise.all(senders.map((sender) => sender.stop()))).flat();
    await expectAllOnce(ledger, acknowledged);
  } finally {
    for (const sender of senders) sender.end();
    for (const each of ledgers) await each.close();
  }
}
