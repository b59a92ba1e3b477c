/** What each surface says of the same calls, brought into one form; summed here, in whole numbers, by no code of ours. */
import { DatabaseSync } from 'node:sqlite';
import type { TestLedger } from './ledger.fixture.ts';

/** A measure that a surface does not have is left out. */
export interface Sums {
  readonly calls: string;
  readonly failed?: string;
  readonly input?: string;
  readonly output?: string;
  readonly total?: string;
  /** Decimal USD, without trailing zeros. */
  readonly cost?: string;
  readonly unpriced?: string;
}

export type Cells = Readonly<Record<string, unknown>>;

/** The names that a surface gives the measures. */
export type Names = { readonly [Measure in keyof Sums]?: string };

const SCALE = 30;

/** Exact, as scaled whole numbers. Null adds nothing: it is not stated. */
function add(values: readonly unknown[]): string {
  let sum = 0n;
  for (const value of values) sum += scaled(value ?? '0');
  const digits = sum.toString().padStart(SCALE + 1, '0');
  return `${digits.slice(0, -SCALE)}.${digits.slice(-SCALE)}`.replace(/\.?0+$/, '');
}

function scaled(value: unknown): bigint {
  const text = String(value);
  // How JavaScript writes a small number: 8e-7.
  const [, whole = '', fraction = '', exponent = '0'] = /^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(text) ?? [];
  if (whole === '') throw new Error(`${text} is no number`);
  const places = SCALE - fraction.length + Number(exponent);
  if (places < 0) throw new Error(`${text} has more than ${SCALE} decimals`);
  return BigInt(whole + fraction) * 10n ** BigInt(places);
}

/** @param names `calls: ''` where each row is a call. */
export function sumRows(rows: readonly Cells[], names: Names): Sums {
  const sums = Object.entries(names).map(([measure, name]) => [
    measure,
    name === '' ? String(rows.length) : add(rows.map((row) => row[name])),
  ]);
  const found: Partial<Sums> = Object.fromEntries(sums) as Record<string, string>;
  if (found.calls === undefined) throw new Error('each surface counts calls');
  return { ...found, calls: found.calls };
}

/** Of one call a row: `success`, 1 or true where it went well. */
export function sumCalls(rows: readonly Cells[], names: Names & { success?: string }): Sums {
  const { success, ...measures } = names;
  const sums = sumRows(rows, { calls: '', ...measures });
  const counted = (test: (row: Cells) => boolean): string => String(rows.filter(test).length);
  return {
    ...sums,
    ...(success === undefined ? {} : { failed: counted((row) => !/^(?:1|true)$/.test(String(row[success]))) }),
    ...(measures.cost === undefined ? {} : { unpriced: counted((row) => (row[measures.cost ?? ''] ?? null) === null) }),
  };
}

/** Plain SQL over the rows: what all others are held against. */
export async function sumsOfRows({ ledger }: TestLedger, where = 'true'): Promise<Required<Sums>> {
  const { rows } = await ledger.pool.query<Required<Sums>>(
    `SELECT count(*)::text AS calls, count(*) FILTER (WHERE NOT success)::text AS failed,
       coalesce(sum(input_tokens), 0)::text AS input, coalesce(sum(output_tokens), 0)::text AS output,
       coalesce(sum(total_tokens), 0)::text AS total, trim_scale(coalesce(sum(cost_usd), 0))::text AS cost,
       count(*) FILTER (WHERE cost_usd IS NULL)::text AS unpriced
     FROM wiretally_private.calls WHERE kind = 'call' AND ${where}`,
  );
  if (rows[0] === undefined) throw new Error('a sum has one row');
  return rows[0];
}

export function sqliteRows(file: string, table: string): Cells[] {
  const database = new DatabaseSync(file, { readOnly: true });
  const rows = database.prepare(`SELECT * FROM ${table}`).all();
  database.close();
  return rows;
}
