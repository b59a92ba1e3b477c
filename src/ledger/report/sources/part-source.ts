/** Sums by user or by application: from their days and hours, and from calls that these do not count yet. */
import type { StatementValues } from '../call-conditions.ts';
import type { Period } from '../period.ts';
import { callsSource, uncountedSource } from './calls-source.ts';
import { zoneHasWholeHours } from './model-source.ts';
import { groupColumns, isTime, select, spanConditions, summedMeasures, timesOf } from './source.ts';
import type { SourceQuery } from './source.ts';
import { cut, DAY_MS, HOUR_MS } from './spans.ts';

type Part = 'user' | 'application';

/** The part that can tell, or null: it knows one name and the time, and nothing else. */
export function partThatTells({ filter, groupBy, timeZone }: SourceQuery): Part | null {
  const asked = new Set<string>(groupBy.filter((dimension) => !isTime(dimension)));
  for (const [name, value] of Object.entries(filter)) {
    const nothing = value === undefined || (name === 'tags' && Object.keys(value as object).length === 0);
    if (!nothing) asked.add(name);
  }
  const [only] = asked;
  if (asked.size !== 1 || (only !== 'user' && only !== 'application')) return null;
  return groupBy.some(isTime) && !zoneHasWholeHours(timeZone) ? null : only;
}

export function partSources(part: Part, query: SourceQuery, values: StatementValues): string[] {
  const { whole, ends } = cut(query.period, HOUR_MS);
  const rest = ends.map((end) => callsSource(query, end, values));
  if (whole === null) return rest;
  return [...partSpans(part, query, whole, values), uncountedSource(query, whole, values), ...rest];
}

function partSpans(part: Part, query: SourceQuery, period: Period, values: StatementValues): string[] {
  const daysCanTell = !query.groupBy.includes('hour') && (!query.groupBy.includes('day') || query.timeZone === 'UTC');
  const days = daysCanTell ? cut(period, DAY_MS) : { whole: null, ends: [period] };
  return [
    ...(days.whole === null ? [] : [partSource(part, 1440, query, days.whole, values)]),
    ...days.ends.map((end) => partSource(part, 60, query, end, values)),
  ];
}

function partSource(
  part: Part,
  minutes: 60 | 1440,
  query: SourceQuery,
  period: Period,
  values: StatementValues,
): string {
  const groups = groupColumns(query, { [part]: "nullif(p.name, '')" }, 'p.start', values);
  const where = [`p.part = '${part}' AND p.minutes = ${minutes}`, ...spanConditions('p.start', period, values)];
  const name = query.filter[part];
  if (name !== undefined) where.push(`p.key = wiretally_private.name_key(${values.add(name)})`);
  return select(
    groups,
    summedMeasures('p'),
    `${timesOf('p')} FROM wiretally_private.rollup_part p WHERE ${where.join(' AND ')}`,
  );
}
