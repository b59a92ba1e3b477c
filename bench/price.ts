/**
 * What pricing a call costs: with its card at hand, for a model that was never seen, and by the price base's own
 * `calcPrice`. Rounds alternate and reverse their order; medians with the lowest and the highest round.
 *
 *     npm run bench -- price [--calls N] [--rounds N] [--json FILE]
 */
import { parseArgs } from 'node:util';
import { calcPrice } from '@pydantic/genai-prices';
import { createPriceBook, NO_TOKENS, NOTHING_STATED, priceReading } from '@wiretally/usage';
import type { Reading } from '@wiretally/usage';
import { writeRows } from './rows.ts';
import type { BenchRow } from './rows.ts';

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '7' },
    json: { type: 'string' },
  },
});
const CALLS = Number(values.calls);
const ROUNDS = Number(values.rounds);
const AT_MS = Date.UTC(2026, 10, 22);
const AT = new Date(AT_MS);

interface Case {
  readonly name: string;
  readonly library: string;
  readonly reading: Reading;
}

function call(name: string, provider: string, library: string, model: string): Case {
  const tokens = { ...NO_TOKENS, input: 4740, output: 255, total: 4995, cacheRead: 1024 };
  return {
    name,
    library,
    reading: {
      ...NOTHING_STATED,
      provider,
      operation: 'chat',
      serviceType: 'text',
      requestModel: model,
      responseModel: model,
      tokens,
      usageSource: 'body',
      usageMissingReason: null,
      finishReasons: ['stop'],
      status: 200,
    },
  };
}

const CASES = [
  call('gpt-4o-mini', 'openai', 'openai', 'gpt-4o-mini'),
  call('claude-sonnet-4-5', 'anthropic', 'anthropic', 'claude-sonnet-4-5-20250929'),
  call('openrouter gpt-4o-mini', 'openrouter', 'openrouter', 'openai/gpt-4o-mini'),
];

const usage = { input_tokens: 4740, output_tokens: 255, cache_read_tokens: 1024 };

const VARIANTS: Readonly<Record<string, (each: Case, calls: number) => void>> = {
  'calcPrice of the base': ({ reading, library }, calls) => {
    const model = reading.responseModel ?? '';
    for (let i = 0; i < calls; i += 1) calcPrice(usage, model, { providerId: library, timestamp: AT });
  },
  'cached card': ({ reading }, calls) => {
    for (let i = 0; i < calls; i += 1) priceReading(reading, { atMs: AT_MS });
  },
  'never seen model': ({ reading }, calls) => {
    for (let i = 0; i < calls / 100; i += 1) priceReading(reading, { atMs: AT_MS, book: createPriceBook() });
  },
};

function microseconds(name: string, each: Case): number {
  const run = VARIANTS[name];
  if (run === undefined) throw new Error(`no variant ${name}`);
  const start = process.hrtime.bigint();
  run(each, CALLS);
  const calls = name === 'never seen model' ? CALLS / 100 : CALLS;
  return Number(process.hrtime.bigint() - start) / 1000 / calls;
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

const rows: BenchRow[] = [];
for (const each of CASES) {
  const ours = Number(priceReading(each.reading, { atMs: AT_MS }).costUsd);
  const model = each.reading.responseModel ?? '';
  const theirs = calcPrice(usage, model, { providerId: each.library, timestamp: AT })?.total_price ?? Number.NaN;
  if (!(Math.abs(ours - theirs) <= theirs * 1e-9)) throw new Error(`${each.name}: ${ours} here, ${theirs} in the base`);
  const names = Object.keys(VARIANTS);
  const times = new Map<string, number[]>(names.map((name) => [name, []]));
  for (const name of names) microseconds(name, each);
  for (let round = 0; round < ROUNDS; round += 1) {
    const order = round % 2 === 0 ? names : names.toReversed();
    for (const name of order) times.get(name)?.push(microseconds(name, each));
  }
  const base = median(times.get('calcPrice of the base') ?? []);
  for (const [variant, rounds] of times) {
    const value = median(rounds);
    const spread = { low: Math.min(...rounds), high: Math.max(...rounds) };
    rows.push({ case: each.name, variant, metric: 'us_per_call', value, ...spread });
    const ratio = { value: value / base, low: spread.low / base, high: spread.high / base };
    rows.push({ case: each.name, variant, metric: 'wall_ratio', ...ratio });
    console.log(
      `${each.name.padEnd(24)}${variant.padEnd(24)}${value.toFixed(2).padStart(9)} µs a call` +
        `  (${spread.low.toFixed(2)}–${spread.high.toFixed(2)})  ${ratio.value.toFixed(2)} of the base`,
    );
  }
}
writeRows(rows, values.json);
