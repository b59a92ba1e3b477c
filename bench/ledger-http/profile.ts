/** What a CPU profile of V8 says, summed by what the code is for. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const PARTS: readonly (readonly [part: string, pattern: RegExp])[] = [
  ['decode', /ledger\/receive\/(?:decode|protobuf|any-value|log-record)/],
  ['receive', /ledger\/receive\//],
  ['record of attributes', /usage\/attributes/],
  ['write lines', /store\/(?:prepare-call|encode-call|call-columns|check-record|clean-text|timestamp|decimal)/],
  ['rollups', /store\/(?:rollup|measures)/],
  ['store', /ledger\/store\//],
  ['API', /ledger\/serve\/|hono/],
  ['PostgreSQL client', /\/pg|pg-/],
  ['Node', /^node:/],
];

/** Share of the busy time, most first. @param folder with one `.cpuprofile` */
export function profileParts(folder: string): readonly (readonly [part: string, share: number])[] {
  const file = readdirSync(folder).find((name) => name.endsWith('.cpuprofile'));
  if (file === undefined) return [];
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profile;
  const partOf = new Map(
    nodes.map(({ id, callFrame }) => {
      const found = PARTS.find(([, pattern]) => pattern.test(callFrame.url));
      return [id, found?.[0] ?? (callFrame.url === '' ? callFrame.functionName : 'other')] as const;
    }),
  );
  const times = new Map<string, number>();
  let busy = 0;
  for (const [index, sample] of samples.entries()) {
    const part = partOf.get(sample) ?? 'other';
    if (part === '(idle)') continue;
    const time = timeDeltas[index] ?? 0;
    busy += time;
    times.set(part, (times.get(part) ?? 0) + time);
  }
  return [...times].map(([part, time]) => [part, time / busy] as const).toSorted(([, a], [, b]) => b - a);
}
