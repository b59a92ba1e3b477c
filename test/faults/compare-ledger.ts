/** What the ledger holds against what was sent: row by row, and in sums. */
import type { Ledger } from '../../src/ledger/ledger.ts';
import { costUnits, knownRow, recordNumber, recordTime } from './known-records.ts';
import type { RecordSeries } from './known-records.ts';

export interface Comparison {
  readonly sent: number;
  readonly rows: number;
  /** Records that have no row. */
  readonly lost: number;
  /** The first of them, as ranges of their numbers with the seconds after the start of the series. */
  readonly lostRanges: readonly string[];
  /** Rows beyond the first of a record. */
  readonly repeated: number;
  /** Rows that say something else than was sent, or that nobody sent; the first ones in words. */
  readonly different: readonly string[];
  /** Rollup values that are not what their rows say. */
  readonly rollupDifferences: number;
  /** 1e-18 USD; what was sent, and what the rollups say. */
  readonly costSent: bigint;
  readonly costInRollups: bigint;
  readonly tokensSent: bigint;
  readonly tokensInRollups: bigint;
}

const PAGE = 20_000;
const MAX_DIFFERENT = 20;
const MAX_RANGES = 20;

/** @param sent records 0 to this − 1 were */
export async function compareLedger(ledger: Ledger, series: RecordSeries, sent: number): Promise<Comparison> {
  const seen = new Uint8Array(sent);
  const different: string[] = [];
  let rows = 0;
  let repeated = 0;
  for await (const row of allRows(ledger)) {
    rows += 1;
    const number = recordNumber(row.id);
    if (number === null || number >= sent) {
      if (different.length < MAX_DIFFERENT) different.push(`${row.id}: nobody sent it`);
      continue;
    }
    if (seen[number] === 1) repeated += 1;
    seen[number] = 1;
    const problem = differenceOf(row, series, number, sent);
    if (problem !== null && different.length < MAX_DIFFERENT) different.push(`${row.id}: ${problem}`);
  }
  let costSent = 0n;
  let tokensSent = 0n;
  let lost = 0;
  for (let number = 0; number < sent; number += 1) {
    if (seen[number] === 0) lost += 1;
    const { cost, inputTokens } = knownRow(series, number, sent);
    costSent += cost ?? 0n;
    tokensSent += BigInt(inputTokens ?? 0);
  }
  const { rows: sums } = await ledger.pool.query<{ cost: string; tokens: string }>(
    `select coalesce(sum(cost_usd), 0)::text as cost, coalesce(sum(input_tokens), 0)::text as tokens
     from wiretally_private.rollup_hour`,
  );
  const audit = await ledger.audit();
  return {
    sent,
    rows,
    lost,
    lostRanges: lost === 0 ? [] : lostRanges(seen, series),
    repeated,
    different,
    rollupDifferences: audit.differences.length,
    costSent,
    costInRollups: costUnits(sums[0]!.cost),
    tokensSent,
    tokensInRollups: BigInt(sums[0]!.tokens),
  };
}

function lostRanges(seen: Uint8Array, series: RecordSeries): string[] {
  const ranges: string[] = [];
  const second = (number: number): string => ((number * series.stepMicros) / 1e6).toFixed(1);
  for (let from = seen.indexOf(0); from !== -1 && ranges.length < MAX_RANGES;) {
    const next = seen.indexOf(1, from);
    const to = (next === -1 ? seen.length : next) - 1;
    ranges.push(`${from} to ${to} (${second(from)} s to ${second(to)} s)`);
    from = next === -1 ? -1 : seen.indexOf(0, next);
  }
  return ranges;
}

interface Row {
  readonly id: string;
  readonly micros: string;
  readonly cost: string | null;
  readonly tokens: string | null;
  readonly model: string | null;
  readonly user: string | null;
}

/** In one snapshot, so that nothing moves between two pages. */
async function* allRows(ledger: Ledger): AsyncGenerator<Row> {
  const client = await ledger.pool.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    await client.query(`declare every_row no scroll cursor for
      select id, (extract(epoch from created_at) * 1000000)::bigint::text as micros, cost_usd::text as cost,
        input_tokens::text as tokens, request_model as model, user_id as user
      from wiretally_private.calls`);
    for (;;) {
      const { rows } = await client.query<Row>(`fetch ${PAGE} from every_row`);
      if (rows.length === 0) break;
      yield* rows;
    }
    await client.query('commit');
  } finally {
    client.release(true);
  }
}

function differenceOf(row: Row, series: RecordSeries, number: number, sent: number): string | null {
  const known = knownRow(series, number, sent);
  const cost = row.cost === null ? null : costUnits(row.cost);
  if (cost !== known.cost) return `costs ${row.cost}`;
  if (Number(row.micros) !== recordTime(series, number)) return `happened at ${row.micros}`;
  if ((row.tokens === null ? null : Number(row.tokens)) !== known.inputTokens) return `has ${row.tokens} tokens`;
  if (row.model !== known.model) return `is of ${row.model}`;
  if (row.user !== known.user) return `is of ${row.user}`;
  return null;
}

/** Null when the ledger holds what was sent, to the last digit. */
export function whatIsWrong(found: Comparison): string | null {
  const problems = [
    found.lost > 0 ? `${found.lost} of ${found.sent} records are lost: ${found.lostRanges.join(', ')}` : '',
    found.repeated > 0 ? `${found.repeated} records are there more than once` : '',
    found.different.length > 0 ? `rows differ:\n${found.different.join('\n')}` : '',
    found.rollupDifferences > 0 ? `${found.rollupDifferences} values of rollups differ from their rows` : '',
    found.costInRollups === found.costSent ? '' : 'the sum of costs differs',
    found.tokensInRollups === found.tokensSent ? '' : 'the sum of tokens differs',
  ].filter((problem) => problem !== '');
  return problems.length === 0 ? null : problems.join('; ');
}
