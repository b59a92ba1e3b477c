/** Turns a good body into a hostile one: cut, flipped, huge, of the wrong type, deep, doubled, not Unicode. */

export type Random = () => number;

type Mutation = (bytes: Buffer, random: Random) => Buffer;

const HOSTILE_VALUES = [
  '-1',
  '1e308',
  '9223372036854775807',
  '123456789012345678901234567890',
  '0.5',
  '"12"',
  'null',
  'true',
  '[]',
  '{}',
  '[[[[[[[[',
  '"\\ud800"',
  'NaN',
  '-0',
];

const MUTATIONS: readonly Mutation[] = [
  function cut(bytes, random) {
    return bytes.subarray(0, at(bytes, random));
  },
  function cutBeginning(bytes, random) {
    return bytes.subarray(at(bytes, random));
  },
  function flipBits(bytes, random) {
    const copy = Buffer.from(bytes);
    for (let flips = 1 + Math.floor(random() * 8); flips > 0 && copy.length > 0; flips -= 1) {
      const index = at(copy, random);
      copy[index] = (copy[index] ?? 0) ^ (1 << Math.floor(random() * 8));
    }
    return copy;
  },
  function replaceNumber(bytes, random) {
    const value = HOSTILE_VALUES[Math.floor(random() * HOSTILE_VALUES.length)] ?? 'null';
    return replaceOne(bytes, /:\s*\d+/g, random, () => `:${value}`);
  },
  function replaceString(bytes, random) {
    const value = HOSTILE_VALUES[Math.floor(random() * HOSTILE_VALUES.length)] ?? 'null';
    return replaceOne(bytes, /:\s*"[^"\\]*"/g, random, () => `:${value}`);
  },
  function doubleKey(bytes, random) {
    return replaceOne(bytes, /"[a-z_]+"\s*:\s*\d+/gi, random, (found) => `${found},${found.replace(/\d+$/, '7')}`);
  },
  function nestDeep(bytes, random) {
    const depth = 10 + Math.floor(random() * 3000);
    return replaceOne(bytes, /:\s*\d+/g, random, () => `:${'{"usage":'.repeat(depth)}1${'}'.repeat(depth)}`);
  },
  function insertNoise(bytes, random) {
    const noise = Buffer.from(Array.from({ length: 1 + Math.floor(random() * 40) }, () => Math.floor(random() * 256)));
    const index = at(bytes, random);
    return Buffer.concat([bytes.subarray(0, index), noise, bytes.subarray(index)]);
  },
  function repeatMiddle(bytes, random) {
    const from = at(bytes, random);
    const to = Math.min(bytes.length, from + Math.floor(random() * 2000));
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  },
  function loneSurrogate(bytes, random) {
    return replaceOne(bytes, /"[a-z_]+"/gi, random, () => String.raw`"\ud83d"`);
  },
];

/** One to three mutations after another. */
export function mutate(bytes: Buffer, random: Random): Buffer {
  let mutated = bytes;
  for (let rounds = 1 + Math.floor(random() * 3); rounds > 0; rounds -= 1) {
    const mutation = MUTATIONS[Math.floor(random() * MUTATIONS.length)];
    if (mutation !== undefined) mutated = mutation(mutated, random);
  }
  return mutated;
}

function at(bytes: Buffer, random: Random): number {
  return Math.floor(random() * Math.max(1, bytes.length));
}

function replaceOne(bytes: Buffer, pattern: RegExp, random: Random, by: (found: string) => string): Buffer {
  const text = bytes.toString('latin1');
  const matches = [...text.matchAll(pattern)];
  const match = matches[Math.floor(random() * matches.length)];
  if (match === undefined) return bytes;
  const end = match.index + match[0].length;
  return Buffer.from(text.slice(0, match.index) + by(match[0]) + text.slice(end), 'latin1');
}
