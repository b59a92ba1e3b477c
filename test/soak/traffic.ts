/** The mix of calls that the soak makes, and what the server does with each. */

export const KINDS = ['json', 'sse', 'error', 'abort', 'reset', 'unknown-host'] as const;
export type Kind = (typeof KINDS)[number];

/** Every 20 calls: most end well, some are refused, left, cut, or meet nobody. */
const MIX: readonly Kind[] = [
  ...Array<Kind>(10).fill('json'),
  ...Array<Kind>(5).fill('sse'),
  ...Array<Kind>(2).fill('error'),
  'abort',
  'reset',
  'unknown-host',
];

/** Kinds and clients change independently, so that each client meets each kind. */
export function kindOf(call: number): Kind {
  return MIX[(call * 7) % MIX.length] ?? 'json';
}

export const CLIENTS = ['fetch', 'http'] as const;

export function clientOf(call: number): (typeof CLIENTS)[number] {
  return Math.floor(call / MIX.length) % 2 === 0 ? 'fetch' : 'http';
}

/** How many of so many calls are of each kind. */
export function countKinds(calls: number): Record<Kind, number> {
  const counts = Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Record<Kind, number>;
  for (let call = 0; call < calls; call += 1) counts[kindOf(call)] += 1;
  return counts;
}
