/** Where records differ from the naive truth and are right. At most ten rows; a row that is not needed fails the check. */
import type { Difference } from './compare.ts';

export interface KnownDifference {
  readonly id: string;
  /** Of the output record; other fields of the exchange are held to the truth all the same. */
  readonly field: string;
  readonly reason: string;
  /** The provider's document that says so. */
  readonly document: string;
}

const OPENROUTER = {
  hosts: 'https://openrouter.ai/docs/faq',
  advisor: 'https://openrouter.ai/blog/announcements/advisor-server-tool/',
  search: 'https://openrouter.ai/docs/guides/features/plugins/web-search',
  pdf: 'https://openrouter.ai/docs/guides/overview/multimodal/pdfs',
  caching: 'https://openrouter.ai/docs/features/prompt-caching',
} as const;

const cost = (id: string, document: keyof typeof OPENROUTER, reason: string): KnownDifference => ({
  id,
  field: 'cost_calculated_usd',
  reason,
  document: OPENROUTER[document],
});

const HOST = 'an open model whose hosts differ in price, and the host that served it is not the one the price list has';
const ADVISOR =
  'the stated cost includes the tokens of a second model that was asked as a tool; the answer has only its own';
const SEARCH = 'a search tool whose price depends on the engine that served it, which the answer does not name';

/** Calculated costs alone: what holds for these calls is the cost that the provider states. */
export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  cost('pydantic-ai-665ca6ba394e', 'hosts', HOST),
  cost('pydantic-ai-c9734e4a0a84', 'hosts', HOST),
  cost('pydantic-ai-2fb75fd63ebe', 'hosts', HOST),
  cost('pydantic-ai-a454c3530a1e', 'advisor', ADVISOR),
  cost('pydantic-ai-463251e968fb', 'advisor', ADVISOR),
  cost('pydantic-ai-933ecf2dbd08', 'search', SEARCH),
  cost('pydantic-ai-5dcc43ad5e9d', 'search', SEARCH),
  cost('pydantic-ai-751913e2ecba', 'pdf', 'a page that was read by OCR for $0.002; the answer does not count pages'),
  cost(
    'pydantic-ai-f82e882e180d',
    'caching',
    'the router adds the storage of the cache to writes; no count states its time',
  ),
];

const MAX_ROWS = 10;

const keyOf = ({ id, field }: { readonly id: string; readonly field: string }): string => `${id} ${field}`;
const known = new Set(KNOWN_DIFFERENCES.map(keyOf));

export function isKnown(difference: Difference): boolean {
  return known.has(keyOf(difference));
}

/** What is wrong with the table itself, given all that differs in a corpus with these exchanges. */
export function tableProblems(ids: ReadonlySet<string>, differences: readonly Difference[]): string[] {
  const found = new Set(differences.map(keyOf));
  const problems = KNOWN_DIFFERENCES.filter((row) => ids.has(row.id) && !found.has(keyOf(row))).map(
    (row) => `no longer needed in the table of differences: ${keyOf(row)}`,
  );
  if (KNOWN_DIFFERENCES.length > MAX_ROWS) problems.push(`the table of differences has more than ${MAX_ROWS} rows`);
  return problems;
}
