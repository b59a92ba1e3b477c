/**
 * What storing costs, against COPY of the same rows into the same partitioned and indexed table (no rollups, no
 * de-duplication, lines made beforehand), and against what peers do: multi-row INSERT and one INSERT a row. One run, one
 * server, rounds interleaved and their order reversed each time; medians, with the lowest and highest round.
 *
 * npm run bench -- ledger [--rows 40000] [--rounds 5] [--json FILE]
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { openLedger } from '../src/ledger/ledger.ts';
import type { Ledger, ParsedRecord } from '../src/ledger/ledger.ts';
import { createPreparer, COPY_COLUMNS } from '../src/ledger/store/prepare-call.ts';
import type { PreparedCall } from '../src/ledger/store/prepare-call.ts';
import { ExportLogsServiceRequest } from '../test/ledger/otlp-proto.ts';
import { otlpJson, usageRecord } from '../test/ledger/usage-record.ts';
import { writeRows } from './rows.ts';
import type { BenchRow } from './rows.ts';

const { values: flags } = parseArgs({
  options: {
    rows: { type: 'string', default: '40000' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'string' },
  },
});
const ROWS = Number(flags.rows);
const ROUNDS = Number(flags.rounds);
const BATCH = 2000;
/** One INSERT a row is so much slower that fewer rows tell as much. */
const SINGLE_ROWS = Math.min(ROWS, 2000);

interface Measured {
  readonly rowsPerSecond: number;
  readonly nodeMicros: number;
  readonly postgresMicros: number;
}

const folder = mkdtempSync(join(tmpdir(), 'wiretally-bench-'));
chmodSync(folder, 0o711);
const ledger = await openLedger({ dataDir: join(folder, 'data') });
const raw = new Client(ledger.pool.options);
await raw.connect();

const records = makeRecords(ROWS);
const prepared = records.map(prepareOrThrow());
const copies = batches(prepared).map((some) => Buffer.from(some.map((call) => `${call.line}\t1\n`).join('')));
const requests = batches(records).map((some) =>
  gzipSync(
    ExportLogsServiceRequest.encode(
      ExportLogsServiceRequest.fromObject(otlpJson(some.map(({ record }) => record))),
    ).finish(),
    { level: 1 },
  ),
);
const COLUMNS = [...COPY_COLUMNS, 'batch'].join(', ');

const variants: Readonly<Record<string, { rows: number; run: () => Promise<void> }>> = {
  'raw COPY': { rows: ROWS, run: rawCopy },
  'store step': {
    rows: ROWS,
    run: async () => {
      for (const some of batches(records)) await ledger.ingestLogs(some);
    },
  },
  'store step, 4 senders': {
    rows: ROWS,
    run: () => inParallel(batches(records), 4, (some) => ledger.ingestLogs(some)),
  },
  'from OTLP protobuf, gzip, 4 senders': {
    rows: ROWS,
    run: () =>
      inParallel(requests, 4, async (body) => {
        const answer = await ledger.receiver.receiveOtlp('logs', 'application/x-protobuf', 'gzip', body);
        if (answer.status !== 200) throw new Error(`answered ${answer.status}`);
      }),
  },
  'INSERT, 500 rows a statement': { rows: ROWS, run: () => insert(prepared, 500) },
  'INSERT, a row a statement': { rows: SINGLE_ROWS, run: () => insert(prepared.slice(0, SINGLE_ROWS), 1) },
};

const measured = new Map<string, Measured[]>(Object.keys(variants).map((name) => [name, []]));
// The first round warms up and is thrown away.
for (let round = 0; round <= ROUNDS; round += 1) {
  const names = Object.keys(variants);
  if (round % 2 === 1) names.reverse();
  for (const name of names) {
    const variant = variants[name];
    if (variant === undefined) continue;
    await raw.query(`truncate wiretally_private.calls, wiretally_private.rollup_hour, wiretally_private.uncounted,
      wiretally_private.rollup_part, wiretally_private.rollup_session, wiretally_private.rollup_session_part,
      wiretally_private.session_counts`);
    await raw.query('checkpoint');
    const result = await measure(variant.run, variant.rows);
    await assertStored(name, variant.rows);
    if (round > 0) measured.get(name)?.push(result);
  }
}
report();
await raw.end();
await ledger.close();
rmSync(folder, { recursive: true });

async function measure(run: () => Promise<void>, rows: number): Promise<Measured> {
  const cpuBefore = process.cpuUsage();
  const postgresBefore = postgresCpuMicros(ledger);
  const start = performance.now();
  await run();
  const seconds = (performance.now() - start) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  return {
    rowsPerSecond: rows / seconds,
    nodeMicros: (cpu.user + cpu.system) / rows,
    postgresMicros: (postgresCpuMicros(ledger) - postgresBefore) / rows,
  };
}

/** A fast wrong answer is no result. */
async function assertStored(name: string, rows: number): Promise<void> {
  const { rows: found } = await raw.query<{ n: string }>('select count(*) as n from wiretally_private.calls');
  if (Number(found[0]?.n) !== rows) throw new Error(`${name}: ${found[0]?.n} of ${rows} rows are there`);
  if (!name.startsWith('store') && !name.startsWith('from')) return;
  const { differences } = await ledger.audit();
  if (differences.length > 0) throw new Error(`${name}: rollups differ from rows`);
}

async function rawCopy(): Promise<void> {
  for (const lines of copies) {
    await raw.query('begin');
    const stream = raw.query(copyFrom(`copy wiretally_private.calls (${COLUMNS}) from stdin`));
    stream.end(lines);
    await finished(stream);
    await raw.query('commit');
  }
}

async function insert(calls: readonly PreparedCall[], perStatement: number): Promise<void> {
  for (let start = 0; start < calls.length; start += perStatement) {
    const some = calls.slice(start, start + perStatement);
    const values: (string | null)[] = [];
    const tuples = some.map((call) => {
      const fields = `${call.line}\t1`.split('\t');
      return `(${fields.map((field) => `$${values.push(field === '\\N' ? null : field)}`).join(', ')})`;
    });
    await raw.query(`insert into wiretally_private.calls (${COLUMNS}) values ${tuples.join(', ')}`, values);
  }
}

async function inParallel<T>(items: readonly T[], senders: number, send: (item: T) => Promise<unknown>): Promise<void> {
  const queue = [...items];
  await Promise.all(
    Array.from({ length: senders }, async () => {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) await send(item);
    }),
  );
}

function makeRecords(count: number): ParsedRecord[] {
  const providers = ['openai', 'anthropic', 'gcp.gemini'];
  // Of the last hour of today, as live traffic is.
  const start = Date.now() * 1000 - 1_800_000_000;
  return Array.from({ length: count }, (_, index) => ({
    unknown: {},
    record: usageRecord({
      timeUnixMicros: start + index * 1009,
      provider: providers[index % 3] ?? 'openai',
      requestModel: `model-${index % 10}`,
      responseModel: `model-${index % 10}-2026-01-01`,
      durationMs: (index * 37) % 9000,
      userId: `user-${index % 500}`,
      sessionId: `session-${index % 2000}`,
      responseId: `chatcmpl-${index}`,
      requestId: `req_${index}`,
      traceId: index.toString(16).padStart(32, '0'),
      spanId: index.toString(16).padStart(16, '0'),
      tags: { team: `team-${index % 4}` },
      tokens: { input: index % 5000, output: index % 700, total: (index % 5000) + (index % 700), cacheRead: 0 },
      costUsd: `0.${String(index % 99_991).padStart(9, '0')}`,
    }),
  }));
}

function prepareOrThrow(): (parsed: ParsedRecord) => PreparedCall {
  const prepare = createPreparer(['team', 'project', 'feature', 'environment']);
  return (parsed) => {
    const call = prepare(parsed);
    if ('refused' in call) throw new Error(call.refused);
    return call;
  };
}

function batches<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / BATCH) }, (_, index) =>
    items.slice(index * BATCH, (index + 1) * BATCH),
  );
}

/** User and system time of all processes of the server; Linux only, 0 elsewhere. */
function postgresCpuMicros(of: Ledger): number {
  if (process.platform !== 'linux' || of.database.dataDir === null) return 0;
  const pidFile = readFileSync(join(of.database.dataDir, '18', 'postmaster.pid'), 'utf8');
  const postmaster = Number(pidFile.split('\n')[0]);
  let ticks = 0;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (Number(name) === postmaster || Number(fields[1]) === postmaster) {
        ticks += Number(fields[11]) + Number(fields[12]);
      }
      // Of backends that ended, the postmaster keeps the account.
      if (Number(name) === postmaster) ticks += Number(fields[13]) + Number(fields[14]);
    } catch {
      // It ended in between.
    }
  }
  return ticks * 10_000;
}

function report(): void {
  const lines: BenchRow[] = [];
  const base = measured.get('raw COPY') ?? [];
  for (const [name, rounds] of measured) {
    const add = (metric: string, of: (one: Measured) => number): void => {
      const values = rounds.map(of).toSorted((a, b) => a - b);
      lines.push({
        case: 'ledger',
        variant: name,
        metric,
        value: median(values),
        low: values[0] ?? NaN,
        high: values.at(-1) ?? NaN,
      });
    };
    const baseRows = median(base.map((one) => one.rowsPerSecond));
    const baseCpu = median(base.map((one) => one.postgresMicros));
    add('rows_per_second', (one) => one.rowsPerSecond);
    add('rows_per_second_ratio', (one) => one.rowsPerSecond / baseRows);
    add('node_us_per_row', (one) => one.nodeMicros);
    add('postgres_us_per_row', (one) => one.postgresMicros);
    add('postgres_cpu_ratio', (one) => one.postgresMicros / baseCpu);
  }
  const number = (variant: string, metric: string): string => {
    const line = lines.find((one) => one.variant === variant && one.metric === metric);
    return line === undefined ? '' : `${short(line.value)} (${short(line.low)}–${short(line.high)})`;
  };
  const table = Object.keys(variants).map((variant) => ({
    variant,
    'rows/s': number(variant, 'rows_per_second'),
    'ratio to COPY': number(variant, 'rows_per_second_ratio'),
    'Node µs/row': number(variant, 'node_us_per_row'),
    'PostgreSQL µs/row': number(variant, 'postgres_us_per_row'),
    'PostgreSQL CPU ratio': number(variant, 'postgres_cpu_ratio'),
  }));
  console.table(table);
  writeRows(lines, flags.json);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}
