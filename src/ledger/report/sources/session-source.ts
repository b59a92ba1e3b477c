/** Sums by session over all time, also of sessions whose calls are dropped. */
import type { StatementValues } from '../call-conditions.ts';
import { uncountedSource } from './calls-source.ts';
import { groupColumns, select, summedMeasures, timesOf } from './source.ts';
import type { SourceQuery } from './source.ts';

const EXPRESSIONS: Readonly<Record<string, string>> = {
  session: 's.session_id',
  service: 'p.service_type',
  model: "nullif(p.model, '')",
};

/** Calls without a session are in none: a sum over all of them is not made of sessions. */
export function sessionsCanTell({ period, filter, groupBy }: SourceQuery): boolean {
  const { session, service: _, tags, ...others } = filter;
  if (session === undefined || Object.keys(tags ?? {}).length > 0) return false;
  if (Object.values(others).some((value) => value !== undefined)) return false;
  return period.from === null && period.to === null && groupBy.every((dimension) => dimension in EXPRESSIONS);
}

export function sessionSources(query: SourceQuery, values: StatementValues): string[] {
  const { session = '', service } = query.filter;
  const groups = groupColumns(query, EXPRESSIONS, '', values);
  const where = [`p.session_key = wiretally_private.name_key(${values.add(session)})`];
  if (service !== undefined) where.push(`p.service_type = ${values.add(service)}`);
  return [
    select(
      groups,
      summedMeasures('p'),
      `${timesOf('p')} FROM wiretally_private.rollup_session_part p
       JOIN wiretally_private.rollup_session s USING (session_key) WHERE ${where.join(' AND ')}`,
    ),
    uncountedSource(query, query.period, values),
  ];
}
