/**
 * Where sums come from: from totals where there are some that can tell, and from the calls themselves where there are
 * none. All give the same columns, so that one statement sums any of them.
 */
import type { StatementValues } from './call-conditions.ts';
import { callsSource } from './sources/calls-source.ts';
import { modelsCanTell, modelSources } from './sources/model-source.ts';
import { partSources, partThatTells } from './sources/part-source.ts';
import { sessionsCanTell, sessionSources } from './sources/session-source.ts';
import type { SourceQuery } from './sources/source.ts';

/** Subqueries with the columns g0, g1, …, the measures, first_used and last_used; to be put together by UNION ALL. */
export function usageSources(query: SourceQuery, values: StatementValues): string[] {
  if (modelsCanTell(query)) return modelSources(query, values);
  const part = partThatTells(query);
  if (part !== null) return partSources(part, query, values);
  if (sessionsCanTell(query)) return sessionSources(query, values);
  return [callsSource(query, query.period, values)];
}
