/** What cannot be stored is kept for people to look at, bounded. */
import { createHash } from 'node:crypto';
import type { PoolClient } from 'pg';
import { cleanJson, cleanText } from './clean-text.ts';

export interface DeadLetter {
  readonly reason: string;
  /** JSON of what arrived, cut. */
  readonly payload: string;
}

const MAX_PAYLOAD = 8000;
const MAX_KEPT = 10_000;

/** @param arrived attributes as they came; they hold no prompts and no secrets, since capture never sends them */
export function deadLetter(reason: string, arrived: unknown): DeadLetter {
  let payload: string;
  try {
    payload = cleanJson(arrived);
  } catch {
    payload = '"not JSON"';
  }
  return { reason: cleanText(reason, 500), payload: cleanText(payload, MAX_PAYLOAD) };
}

/** The same letter again is counted. Oldest ones go when there are too many. */
export async function keepDeadLetters(client: PoolClient, letters: readonly DeadLetter[]): Promise<void> {
  const byDigest = new Map<string, DeadLetter & { times: number }>();
  for (const letter of letters) {
    const digest = createHash('sha256').update(`${letter.reason}\0${letter.payload}`).digest('hex');
    const known = byDigest.get(digest);
    byDigest.set(digest, { ...letter, times: (known?.times ?? 0) + 1 });
  }
  const rows = [...byDigest].toSorted(([a], [b]) => (a < b ? -1 : 1)).slice(0, MAX_KEPT);
  await client.query(
    `insert into wiretally_private.dead_letters as d (digest, reason, payload, times)
     select decode(digest, 'hex'), reason, payload, times
     from unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) as letter (digest, reason, payload, times)
     on conflict (digest) do update set times = d.times + excluded.times, last_seen = now()`,
    [
      rows.map(([digest]) => digest),
      rows.map(([, letter]) => letter.reason),
      rows.map(([, letter]) => letter.payload),
      rows.map(([, letter]) => letter.times),
    ],
  );
  await client.query(
    `delete from wiretally_private.dead_letters where digest in (
       select digest from wiretally_private.dead_letters order by last_seen desc, digest offset $1
       for update skip locked)`,
    [MAX_KEPT],
  );
}
