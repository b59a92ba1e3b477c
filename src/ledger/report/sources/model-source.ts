/**
 * Sums by provider, model, service and operation: from the hourly rollups, and from quarters of an hour where an hour
 * lies in two days of the zone, or the period begins within one.
 */
import type { StatementValues } from '../call-conditions.ts';
import type { Period } from '../period.ts';
import { storedProviderName } from '../provider-names.ts';
import { hasWholeHours } from '../../store/settings.ts';
import { callsSource, uncountedSource } from './calls-source.ts';
import { groupColumns, isTime, select, spanConditions, summedMeasures, timesOf } from './source.ts';
import type { SourceQuery } from './source.ts';
import { cut, HOUR_MS, QUARTER_MS } from './spans.ts';

const EXPRESSIONS: Readonly<Record<string, string>> = {
  provider: 'h.provider',
  model: "nullif(h.model, '')",
  service: 'h.service_type',
  operation: 'h.operation',
};

/**
 * Rollups know tags, too, but which ones is each sink's own setting, and their models' names are cut at 200 characters.
 */
export function modelsCanTell({ filter, groupBy }: SourceQuery): boolean {
  const { provider: _, model, service: __, operation: ___, tags, ...others } = filter;
  if (Object.values(others).some((value) => value !== undefined)) return false;
  if (Object.keys(tags ?? {}).length > 0 || (model?.length ?? 0) >= 200) return false;
  return groupBy.every((dimension) => dimension in EXPRESSIONS || isTime(dimension));
}

export function modelSources(query: SourceQuery, values: StatementValues): string[] {
  const hours = cut(query.period, HOUR_MS);
  const sources: string[] = [];
  if (hours.whole !== null) sources.push(...wholeHours(query, hours.whole, values));
  for (const end of hours.ends) {
    const quarters = cut(end, QUARTER_MS);
    if (quarters.whole !== null) {
      sources.push(quarterSource(query, quarters.whole, values, []), uncountedSource(query, quarters.whole, values));
    }
    for (const rest of quarters.ends) sources.push(callsSource(query, rest, values));
  }
  return sources;
}

function wholeHours(query: SourceQuery, period: Period, values: StatementValues): string[] {
  const times = query.groupBy.filter(isTime);
  if (times.length === 0 || zoneHasWholeHours(query.timeZone)) return [hourSource(query, period, values, [])];
  const unit = times.includes('hour') ? 'hour' : 'day';
  const zone = values.add(query.timeZone);
  const label = (time: string): string => `date_trunc('${unit}', ${time} AT TIME ZONE ${zone})`;
  /** Of two days, and in quarters: what was dropped before there were any is of the day in which its hour began. */
  const divided = (hour: string): string =>
    `(${label(hour)} <> ${label(`(${hour} + interval '45 minutes')`)} AND ${hour} >= (SELECT coalesce((
      SELECT value::timestamptz FROM wiretally_private.settings WHERE name = 'quarters_from'), '-infinity')))`;
  return [
    hourSource(query, period, values, [`NOT ${divided('h.hour')}`]),
    quarterSource(query, period, values, [divided('h.hour')]),
    uncountedSource(query, period, values, [divided("date_trunc('hour', created_at, 'UTC')")]),
  ];
}

function hourSource(
  query: SourceQuery,
  period: Period,
  values: StatementValues,
  conditions: readonly string[],
): string {
  const groups = groupColumns(query, EXPRESSIONS, 'h.hour', values);
  const where = [...modelConditions(query, values), ...spanConditions('h.hour', period, values), ...conditions];
  return select(
    groups,
    summedMeasures('h'),
    `${timesOf('h')} FROM wiretally_private.rollup_hour h WHERE ${where.join(' AND ')}`,
  );
}

/** Quarters have the key of their hour, which says what they are about. */
function quarterSource(
  query: SourceQuery,
  period: Period,
  values: StatementValues,
  conditions: readonly string[],
): string {
  const groups = groupColumns(query, EXPRESSIONS, 'p.start', values);
  const where = [
    "p.part = 'model' AND p.minutes = 15",
    ...modelConditions(query, values),
    ...spanConditions('p.start', period, values),
    ...conditions,
  ];
  return select(
    groups,
    summedMeasures('p'),
    `${timesOf('p')} FROM wiretally_private.rollup_part p
     JOIN wiretally_private.rollup_hour h ON h.hour = date_trunc('hour', p.start, 'UTC') AND h.key = p.key
     WHERE ${where.join(' AND ')}`,
  );
}

function modelConditions({ filter }: SourceQuery, values: StatementValues): string[] {
  const { provider, model, service, operation } = filter;
  const where = ["h.kind = 'call'"];
  if (provider !== undefined) where.push(`h.provider = ${values.add(storedProviderName(provider))}`);
  if (service !== undefined) where.push(`h.service_type = ${values.add(service)}`);
  if (operation !== undefined) where.push(`h.operation = ${values.add(operation)}`);
  if (model !== undefined) where.push(`${values.add(model)} IN (h.model, h.request_model, h.response_model)`);
  return where;
}

const wholeHoursOf = new Map<string, boolean>();

export function zoneHasWholeHours(timeZone: string): boolean {
  const known = wholeHoursOf.get(timeZone) ?? hasWholeHours(timeZone);
  wholeHoursOf.set(timeZone, known);
  return known;
}
