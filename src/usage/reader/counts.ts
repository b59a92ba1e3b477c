/** TokenCounts that cannot contradict themselves, and their total. */
import { sumKnown } from '../body/fields.ts';
import { NO_TOKENS } from '../record.ts';
import type { Reading, TokenCounts } from '../record.ts';

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

/**
 * What an answer states of its tokens; where only its parts do (a batch's lines), their sum. A count that one part leaves
 * out is the sum of the others: it was not used there.
 */
export function tokensWithParts({ tokens, parts }: Pick<Reading, 'tokens' | 'parts'>): TokenCounts {
  if (!saysNothing(tokens) || parts.length === 0) return tokens;
  const names = Object.keys(NO_TOKENS) as (keyof TokenCounts)[];
  const sums = names.map((name) => [name, sumKnown(...parts.map((part) => part.tokens[name]))] as const);
  return { ...NO_TOKENS, ...(Object.fromEntries(sums) as Partial<TokenCounts>) };
}
