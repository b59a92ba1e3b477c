/**
 * npm run fuzz -- [--count N] [--seed N] [--large N]
 *
 * Reads N mutated bodies: never a throw, never a negative, NaN or absurd count, the same from every split, never slower a
 * byte than `SLOWEST`. Then N bodies of 100 MB: whole, and as capture would keep them, which may take no memory to speak of.
 */
import { parseArgs } from 'node:util';
import type { BodyView, Exchange } from '@wiretally/usage';
import { seededRandom } from '../random.ts';
import { violation } from './invariants.ts';
import { mutate } from './mutate.ts';
import { seeds } from './seeds.ts';
import type { Seed } from './seeds.ts';

/**
 * Far above what is measured (0.1 µs a byte), so that a busy machine does not fail, and far below what anything quadratic
 * takes. A body that was slower is read again: a pause of the collector does not come twice.
 */
const SLOWEST = { milliseconds: 500, microsecondsPerByte: 2 };
/** For a body of which capture keeps 36 KiB. */
const MOST_MEMORY = 32 * 1024 * 1024;

const { values } = parseArgs({
  options: { count: { type: 'string' }, seed: { type: 'string' }, large: { type: 'string' } },
});
const count = Number(values.count ?? 20_000);
const large = Number(values.large ?? 2);
const seedNumber = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const random = seededRandom(seedNumber);
const { from, seeds: bodies } = await seeds();
console.log(`fuzz: ${count} mutated bodies from ${from}, seed ${seedNumber}`);

let failed = 0;
let bytesRead = 0;
let slowest = { milliseconds: 0, bytes: 0, url: '' };
const startedAt = performance.now();
for (let round = 0; round < count; round += 1) {
  const seed = bodies[Math.floor(random() * bodies.length)];
  if (seed === undefined) break;
  // Most rounds damage the answer; some the request.
  const hitsRequest = random() < 0.15;
  const request = hitsRequest ? mutate(seed.request, random) : seed.request;
  const response = hitsRequest ? seed.response : mutate(seed.response, random);
  const { found, milliseconds } = read(
    exchangeOf(seed, whole(request), whole(response)),
    exchangeOf(seed, whole(request), split(response)),
    request.length + response.length,
  );
  bytesRead += response.length;
  if (milliseconds > slowest.milliseconds) slowest = { milliseconds, bytes: response.length, url: seed.url };
  if (found === null) continue;
  failed += 1;
  if (failed <= 10) console.log(`round ${round}: ${found}\n  ${seed.url}\n  ${response.toString('utf8', 0, 300)}`);
}
const seconds = (performance.now() - startedAt) / 1000;
console.log(
  `${((seconds * 1e6) / Math.max(1, count)).toFixed(0)} µs a body (two readings and a price), ${((seconds * 1e9) / bytesRead).toFixed(1)} ns a byte; slowest ${slowest.milliseconds.toFixed(0)} ms for ${slowest.bytes} bytes`,
);

for (let round = 0; round < large; round += 1) {
  const seed = bodies[Math.floor(random() * bodies.length)];
  if (seed === undefined) break;
  const response = inflated(seed.response, 100 * 1024 * 1024);
  const entire = read(
    exchangeOf(seed, whole(seed.request), whole(response)),
    exchangeOf(seed, whole(seed.request), split(response)),
    response.length,
  );
  const view = keptByCapture(response);
  const before = process.memoryUsage().heapUsed;
  const kept = read(
    exchangeOf(seed, whole(seed.request), view),
    exchangeOf(seed, whole(seed.request), view),
    view.head.length + view.tail.length,
  );
  const memory = process.memoryUsage().heapUsed - before;
  const found =
    entire.found ??
    kept.found ??
    (memory > MOST_MEMORY ? `reading head and tail took ${memory} bytes of memory` : null);
  console.log(
    `100 MB: ${entire.milliseconds.toFixed(0)} ms whole, ${kept.milliseconds.toFixed(1)} ms as kept${found === null ? '' : `: ${found}`}`,
  );
  if (found !== null) failed += 1;
}
console.log(`${count + large - failed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed === 0 ? 0 : 1;

/** What is wrong with a reading, and how long it took. */
function read(exchange: Exchange, same: Exchange, bytes: number): { found: string | null; milliseconds: number } {
  const timed = (): { found: string | null; milliseconds: number } => {
    const before = performance.now();
    const found = violation(exchange, same);
    return { found, milliseconds: performance.now() - before };
  };
  const limit = SLOWEST.milliseconds + (bytes * SLOWEST.microsecondsPerByte) / 1000;
  const first = timed();
  if (first.found !== null || first.milliseconds <= limit) return first;
  const again = timed();
  const slow = again.milliseconds > limit;
  return slow ? { ...again, found: `${again.milliseconds.toFixed(0)} ms for ${bytes} bytes` } : again;
}

function exchangeOf(seed: Seed, request: BodyView, response: BodyView): Exchange {
  return {
    request: { method: seed.method, url: seed.url, headers: seed.requestHeaders, body: request },
    response: { status: seed.status, headers: seed.responseHeaders, body: response },
    receivedAtMs: 1_795_000_000_000,
  };
}

function whole(bytes: Uint8Array): BodyView {
  return { head: bytes, tail: bytes.subarray(bytes.length), length: bytes.length, complete: true };
}

/** The same bytes in two pieces, with nothing missing between them. */
function split(bytes: Uint8Array): BodyView {
  const middle = Math.floor(random() * (bytes.length + 1));
  return { head: bytes.subarray(0, middle), tail: bytes.subarray(middle), length: bytes.length, complete: true };
}

function keptByCapture(bytes: Uint8Array): BodyView {
  return {
    head: bytes.subarray(0, 4096),
    tail: bytes.subarray(bytes.length - 32_768),
    length: bytes.length,
    complete: true,
  };
}

/** The body's beginning and end with a very long text between them. */
function inflated(bytes: Buffer, length: number): Buffer {
  const middle = Math.floor(bytes.length / 2);
  const filler = Buffer.alloc(Math.max(0, length - bytes.length), '"usage":{"prompt_tokens":1}, ');
  return Buffer.concat([bytes.subarray(0, middle), filler, bytes.subarray(middle)]);
}
