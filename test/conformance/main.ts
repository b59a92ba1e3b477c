/**
 * npm run conformance -- [--corpus FILE] [--out FILE] [--seed N] [--check]
 *
 * Replays every exchange and writes one line each: `{"id", "record"}`. Fails where the application was harmed or an
 * exchange gave two records; with --check also where a record differs from the naive truth (truth/).
 */
import { createWriteStream } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { compare } from './compare.ts';
import type { Difference } from './compare.ts';
import { defaultCorpusFile, readCorpus } from './corpus.ts';
import { isKnown, tableProblems } from './known-differences.ts';
import { replay } from './replay.ts';
import { summaryTable } from './summary.ts';

const { values } = parseArgs({
  options: {
    corpus: { type: 'string' },
    out: { type: 'string' },
    seed: { type: 'string' },
    check: { type: 'boolean', default: false },
  },
});

const corpus = values.corpus === undefined ? defaultCorpusFile() : resolve(values.corpus);
if (corpus === null) {
  console.log('conformance: no corpus here (set WIRETALLY_CORPUS or give --corpus FILE)');
  console.log('0 passed, 0 failed, 1 skipped');
  process.exit(0);
}
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
const exchanges = await readCorpus(corpus);
const replayed = await replay(corpus, exchanges, seed);

if (values.out !== undefined) {
  const out = createWriteStream(resolve(values.out));
  for (const { exchange, record } of replayed) out.write(`${JSON.stringify({ id: exchange.id, record })}\n`);
  await new Promise((done) => out.end(done));
}

const comparisons = replayed.map(({ exchange, record }) => compare(exchange, record));
console.log(summaryTable(replayed, comparisons));
console.log(`seed ${seed}`);

const differing = comparisons.flatMap((comparison) => comparison.differences);
const wrong = differing.filter((difference) => !isKnown(difference));
const problems = tableProblems(new Set(exchanges.map(({ id }) => id)), differing);
const harmed = replayed.filter(({ harm, records }) => harm !== null || records > 1);
for (const { exchange, harm, records } of harmed.slice(0, 20)) {
  console.log(`harm ${exchange.id}: ${harm ?? `${records} records for one exchange`}`);
}
for (const { id, provider, operation, field, expected, actual } of atMostThreeAlike(wrong)) {
  console.log(
    `differs ${id} ${provider} ${operation} ${field}: stated ${JSON.stringify(expected)}, read ${JSON.stringify(actual)}`,
  );
}
for (const problem of problems) console.log(problem);

const failedIds = new Set([...wrong.map(({ id }) => id), ...harmed.map(({ exchange }) => exchange.id)]);
const failed = values.check ? failedIds.size + problems.length : harmed.length;
console.log(`${exchanges.length - failedIds.size} passed, ${values.check ? failed : failedIds.size} failed, 0 skipped`);
process.exitCode = failed === 0 ? 0 : 1;

/** A provider that is not read at all would fill the screen with one sentence. */
function atMostThreeAlike(differences: readonly Difference[]): Difference[] {
  const seen = new Map<string, number>();
  return differences.filter(({ provider, operation, field }) => {
    const key = `${provider} ${operation} ${field}`;
    seen.set(key, (seen.get(key) ?? 0) + 1);
    return (seen.get(key) ?? 0) <= 3;
  });
}
