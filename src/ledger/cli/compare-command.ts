/** `wiretally compare`: two periods side by side. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { addDecimals, roundDecimal, trimDecimal } from '../report/decimal.ts';
import type { Period } from '../report/period.ts';
import { formatCount, formatDateTime, formatMilliseconds, formatUsd } from '../report/numbers.ts';
import { onOneSnapshot } from '../report/queryable.ts';
import { renderCsv } from '../report/render/csv.ts';
import { terminalTable } from '../report/render/terminal-table.ts';
import { sumUsage } from '../report/sum-usage.ts';
import type { UsageRow } from '../report/usage-row.ts';
import { addConnectionOptions, withLedger } from './connection.ts';
import type { ConnectionFlags } from './connection.ts';
import { UsageError } from './failure.ts';
import { print, terminalOptions } from './output.ts';
import { addFilterOptions, momentOf, selectedFilter, selectedPeriod } from './selection-flags.ts';
import type { SelectionFlags } from './selection-flags.ts';

interface CompareFlags extends ConnectionFlags, Omit<SelectionFlags, 'days' | 'from' | 'to'> {
  readonly from: string;
  readonly to: string;
  readonly withFrom: string;
  readonly withTo: string;
  readonly format?: 'table' | 'json' | 'csv';
  readonly json?: true;
}

export function addCompareCommand(program: Command): void {
  const command = program
    .command('compare')
    .description('two periods side by side')
    .requiredOption('--from <time>', 'first day or instant of the period, included', momentOf)
    .requiredOption('--to <time>', 'its last day, included, or an instant, not included', momentOf)
    .requiredOption('--with-from <time>', 'the same of the period that it is compared with', momentOf)
    .requiredOption('--with-to <time>', 'and its end', momentOf)
    .addOption(new Option('--format <name>', 'default: table').choices(['table', 'json', 'csv']).conflicts('json'))
    .option('--json', 'the same as --format json')
    .addHelpText(
      'after',
      `
Example:
  wiretally compare --from 2026-10-01 --to 2026-10-31 --with-from 2026-09-01 --with-to 2026-09-30`,
    );
  addConnectionOptions(addFilterOptions(command), 'local-only').action(compare);
}

async function compare(flags: CompareFlags): Promise<void> {
  await withLedger(flags, async ({ pool, timeZone }) => {
    const now = new Date();
    const period = selectedPeriod(flags, now, timeZone);
    const other = selectedPeriod({ from: flags.withFrom, to: flags.withTo }, now, timeZone);
    const filter = selectedFilter(flags);
    const [first, second] = await onOneSnapshot(pool, async (db) => [
      (await sumUsage(db, { ...period, filter }))[0],
      (await sumUsage(db, { ...other, filter }))[0],
    ]);
    if (first === undefined || second === undefined) throw new UsageError('Both periods need a beginning and an end.');
    const format = flags.json === true ? 'json' : (flags.format ?? 'table');
    await print(render(format, { period, row: first }, { period: other, row: second }, timeZone));
  });
}

interface Side {
  readonly period: Period;
  readonly row: UsageRow;
}

interface Measure {
  readonly key: string;
  readonly label: string;
  /** Decimal; null where it is not known. */
  readonly value: (row: UsageRow) => string | null;
  readonly text: (value: string) => string;
}

const whole = (value: string): string => formatCount(Math.round(Number(value)));
const number = (value: number | null): string | null => (value === null ? null : String(value));
const MEASURES: readonly Measure[] = [
  { key: 'requests', label: 'Calls', value: (row) => number(row.requests), text: whole },
  { key: 'failed', label: 'Failed', value: (row) => number(row.failed), text: whole },
  { key: 'input_tokens', label: 'Input', value: (row) => number(row.inputTokens), text: whole },
  { key: 'output_tokens', label: 'Output', value: (row) => number(row.outputTokens), text: whole },
  { key: 'total_tokens', label: 'Tokens', value: (row) => number(row.totalTokens), text: whole },
  { key: 'cost_usd', label: 'Cost', value: (row) => row.costUsd, text: formatUsd },
  { key: 'requests_without_usage', label: 'No usage', value: (row) => number(row.withoutUsage), text: whole },
  { key: 'requests_without_cost', label: 'No cost', value: (row) => number(row.unpriced), text: whole },
  {
    key: 'mean_duration_ms',
    label: 'Mean time',
    value: (row) => (row.meanDurationMs === null ? null : row.meanDurationMs.toFixed(3)),
    text: (value) => formatMilliseconds(Number(value)),
  },
];

function render(format: 'table' | 'json' | 'csv', now: Side, before: Side, timeZone: string): string {
  const rows = MEASURES.map((measure) => {
    const [value, other] = [valueOf(measure, now.row), valueOf(measure, before.row)];
    return { measure, value, other, change: change(value, other), percent: percent(value, other) };
  });
  if (format === 'csv') {
    return renderCsv(
      ['measure', 'period', 'with', 'change', 'percent'],
      rows.map(({ measure, value, other, change: by, percent: part }) => [measure.key, value, other, by, part]),
    );
  }
  if (format === 'json') {
    const side = ({ period, row }: Side): object => ({
      from: period.from?.toISOString() ?? null,
      to: period.to?.toISOString() ?? null,
      ...Object.fromEntries(MEASURES.map((measure) => [measure.key, asJson(measure, valueOf(measure, row))])),
    });
    const changes = rows.map(({ measure, change: by, percent: part }) => [
      measure.key,
      { absolute: asJson(measure, by), percent: part === null ? null : Number(part) },
    ]);
    const answer = { period: side(now), with: side(before), change: Object.fromEntries(changes) as object };
    return `${JSON.stringify(answer, null, 2)}\n`;
  }
  const span = ({ period }: Side): string =>
    [period.from, period.to].map((at) => (at === null ? '' : formatDateTime(at, timeZone))).join(' – ');
  const text = (measure: Measure, value: string | null): string => (value === null ? 'unknown' : measure.text(value));
  const signed = (measure: Measure, by: string | null): string =>
    by === null ? '' : `${by.startsWith('-') || Number(by) === 0 ? '' : '+'}${measure.text(by)}`;
  const lines = terminalTable(
    [
      { head: '', align: 'left' },
      { head: 'Period', align: 'right' },
      { head: 'With', align: 'right' },
      { head: 'Change', align: 'right' },
      { head: '%', align: 'right' },
    ],
    rows.map(({ measure, value, other, change: by, percent: part }) => [
      measure.label,
      text(measure, value),
      text(measure, other),
      signed(measure, by),
      part === null ? '' : `${part.startsWith('-') ? '' : '+'}${part}%`,
    ]),
    null,
    terminalOptions(),
  );
  return `${[`Period  ${span(now)} (${timeZone})`, `With    ${span(before)}`, '', ...lines].join('\n')}\n`;
}

/** Of no calls, the sums are 0; of calls that did not state it, they are unknown. */
const valueOf = ({ value, key }: Measure, row: UsageRow): string | null =>
  value(row) ?? (row.requests === 0 && key !== 'mean_duration_ms' ? '0' : null);

/** Money stays text: it is exact. */
const asJson = ({ key }: Measure, value: string | null): string | number | null =>
  value === null || key === 'cost_usd' ? value : Number(value);

function change(now: string | null, before: string | null): string | null {
  if (now === null || before === null) return null;
  return trimDecimal(addDecimals(now, before.startsWith('-') ? before.slice(1) : `-${before}`));
}

/** Of nothing, no part is known. */
function percent(now: string | null, before: string | null): string | null {
  if (now === null || before === null || Number(before) === 0) return null;
  return roundDecimal((((Number(now) - Number(before)) / Number(before)) * 100).toFixed(6), 2);
}
