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

/** Names in rollups are cut at 200 characters. Which tags they know, only the ledger can say: see `modelSources`. */
export function modelsCanTell({ filter, groupBy }: SourceQuery): boolean {
  const { provider: _, model = '', service: __, operation: ___, tags = {}, ...others } = filter;
  if (Object.values(others).some((value) => value !== undefined)) return false;
  if ([model, ...Object.values(tags)].some((name) => name.length >= 200)) return false;
  return groupBy.every((dimension) => dimension in EXPRESSIONS || isTime(dimension) || dimension.startsWith('tag:'));
}

/**
 * Which tags rollups keep apart is the setting of each sink, and the ledger knows those that all of them do. The statement
 * asks for them itself, since a sink may start meanwhile: either the rollups answer, or the calls.
 */
export function modelSources(query: SourceQuery, values: StatementValues): string[] {
  const keys = tagKeys(query);
  if (keys.length === 0) return rollupSources(query, values, []);
  const apart = `coalesce((SELECT value::jsonb @> ${values.add(JSON.stringify(keys))}::jsonb
    FROM wiretally_private.settings WHERE name = 'tags_apart'), false)`;
  return [
    ...rollupSources(query, values, [apart]),
    callsSource(query, query.period, values, 'wiretally_private.calls', [`NOT ${apart}`]),
  ];
}

const tagKeys = ({ filter, groupBy }: SourceQuery): string[] => [
  ...new Set([
    ...Object.keys(filter.tags ?? {}),
    ...groupBy.filter((dimension) => dimension.startsWith('tag:')).map((dimension) => dimension.slice(4)),
  ]),
];

function rollupSources(query: SourceQuery, values: StatementValues, only: readonly string[]): string[] {
  const hours = cut(query.period, HOUR_MS);
  const sources: string[] = [];
  if (hours.whole !== null) sources.push(...wholeHours(query, hours.whole, values, only));
  for (const end of hours.ends) {
    const quarters = cut(end, QUARTER_MS);
    if (quarters.whole !== null) {
      sources.push(
        quarterSource(query, quarters.whole, values, only),
        uncountedSource(query, quarters.whole, values, only),
      );
    }
    for (const rest of quarters.ends) {
      sources.push(callsSource(query, rest, values, 'wiretally_private.calls', only));
    }
  }
  return sources;
}

function wholeHours(query: SourceQuery, period: Period, values: StatementValues, only: readonly string[]): string[] {
  const times = query.groupBy.filter(isTime);
  if (times.length === 0 || zoneHasWholeHours(query.timeZone)) return [hourSource(query, period, values, only)];
  const unit = times.includes('hour') ? 'hour' : 'day';
  const zone = values.add(query.timeZone);
  const label = (time: string): string => `date_trunc('${unit}', ${time} AT TIME ZONE ${zone})`;
  /** Of two days, and in quarters: what was dropped before there were any is of the day in which its hour began. */
  const divided = (hour: string): string =>
    `(${label(hour)} <> ${label(`(${hour} + interval '45 minutes')`)} AND ${hour} >= (SELECT coalesce((
      SELECT value::timestamptz FROM wiretally_private.settings WHERE name = 'quarters_from'), '-infinity')))`;
  return [
    hourSource(query, period, values, [...only, `NOT ${divided('h.hour')}`]),
    quarterSource(query, period, values, [...only, divided('h.hour')]),
    uncountedSource(query, period, values, [...only, divided("date_trunc('hour', created_at, 'UTC')")]),
  ];
}

function hourSource(
  query: SourceQuery,
  period: Period,
  values: StatementValues,
  conditions: readonly string[],
): string {
  const groups = groupColumns(query, EXPRESSIONS, 'h.hour', values, (key) => `h.tags ->> ${values.add(key)}`);
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
  const groups = groupColumns(query, EXPRESSIONS, 'p.start', values, (key) => `h.tags ->> ${values.add(key)}`);
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
  const { provider, model, service, operation, tags = {} } = filter;
  const where = ["h.kind = 'call'"];
  if (provider !== undefined) where.push(`h.provider = ${values.add(storedProviderName(provider))}`);
  if (service !== undefined) where.push(`h.service_type = ${values.add(service)}`);
  if (operation !== undefined) where.push(`h.operation = ${values.add(operation)}`);
  if (model !== undefined) where.push(`${values.add(model)} IN (h.model, h.request_model, h.response_model)`);
  for (const [key, value] of Object.entries(tags)) where.push(`h.tags ->> ${values.add(key)} = ${values.add(value)}`);
  return where;
}

const wholeHoursOf = new Map<string, boolean>();

export function zoneHasWholeHours(timeZone: string): boolean {
  const known = wholeHoursOf.get(timeZone) ?? hasWholeHours(timeZone);
  wholeHoursOf.set(timeZone, known);
  return known;
}
