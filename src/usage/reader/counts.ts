/** TokenCounts that cannot contradict themselves, and their total. */
import { sumKnown } from '../body/fields.ts';
import { NO_TOKENS } from '../record.ts';
import type { TokenCounts } from '../record.ts';

/** Fills what was not stated with null, and the total with the sum of what is known. */
export function tokenCounts(stated: Partial<TokenCounts>): TokenCounts {
  const counts = { ...NO_TOKENS, ...stated };
  // More from the cache than was read at all cannot be: which of the two is wrong is not known.
  const cacheRead = counts.input !== null && (counts.cacheRead ?? 0) > counts.input ? null : counts.cacheRead;
  return { ...counts, cacheRead, total: counts.total ?? sumKnown(counts.input, counts.output) };
}

export function saysNothing(counts: Partial<TokenCounts>): boolean {
  for (const key in counts) if ((counts[key as keyof TokenCounts] ?? null) !== null) return false;
  return true;
}
