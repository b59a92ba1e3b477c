/** `wiretally compare`: two periods side by side. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { addDecimals, roundDecimal, trimDecimal } from '../report/decimal.ts';
import { formatCount, formatDateTime, formatMilliseconds, formatUsd } from '../report/numbers.ts';
import { renderCsv } from '../report/render/csv.ts';
import { terminalTable } from '../report/render/terminal-table.ts';
import { comparePeriods } from '../serve/compare-periods.ts';
import type { PeriodSums } from '../serve/compare-periods.ts';
import { addConnectionOptions, remoteLedger, REMOTE_ZONE, withLedger } from './connection.ts';
import type { ConnectionFlags } from './connection.ts';
import { print, terminalOptions } from './output.ts';
import { addFilterOptions, filterParameters, momentOf, selectedFilter, selectedPeriod } from './selection-flags.ts';
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
  addConnectionOptions(addFilterOptions(command), 'remote').action(compare);
}

async function compare(flags: CompareFlags): Promise<void> {
  const format = flags.json === true ? 'json' : (flags.format ?? 'table');
  const remote = remoteLedger(flags);
  if (remote !== null) {
    const { from, to, withFrom, withTo } = flags;
    const answer = await remote.compare({ from, to, with_from: withFrom, with_to: withTo, ...filterParameters(flags) });
    return print(render(format, answer.period, answer.with, REMOTE_ZONE));
  }
  await withLedger(flags, async ({ pool, timeZone }) => {
    const now = new Date();
    const period = selectedPeriod(flags, now, timeZone);
    const other = selectedPeriod({ from: flags.withFrom, to: flags.withTo }, now, timeZone);
    const [first, second] = await comparePeriods(pool, [period, other], selectedFilter(flags));
    await print(render(format, first, second, timeZone));
  });
}

interface Measure {
  readonly key: string;
  readonly label: string;
  /** Decimal; null where it is not known. */
  readonly value: (side: PeriodSums) => string | null;
  readonly text: (value: string) => string;
}

const whole = (value: string): string => formatCount(Math.round(Number(value)));
const number = (value: number | null): string | null => (value === null ? null : String(value));
const MEASURES: readonly Measure[] = [
  { key: 'requests', label: 'Calls', value: (side) => number(side.total_requests), text: whole },
  { key: 'failed', label: 'Failed', value: (side) => number(side.failed_requests), text: whole },
  { key: 'input_tokens', label: 'Input', value: (side) => number(side.input_tokens), text: whole },
  { key: 'output_tokens', label: 'Output', value: (side) => number(side.output_tokens), text: whole },
  { key: 'total_tokens', label: 'Tokens', value: (side) => number(side.total_tokens), text: whole },
  { key: 'cost_usd', label: 'Cost', value: (side) => side.estimated_cost_exact, text: formatUsd },
  {
    key: 'requests_without_usage',
    label: 'No usage',
    value: (side) => number(side.requests_without_usage),
    text: whole,
  },
  { key: 'requests_without_cost', label: 'No cost', value: (side) => number(side.requests_without_cost), text: whole },
  {
    key: 'mean_duration_ms',
    label: 'Mean time',
    value: (side) => (side.mean_duration_ms === null ? null : side.mean_duration_ms.toFixed(3)),
    text: (value) => formatMilliseconds(Number(value)),
  },
];

function render(format: 'table' | 'json' | 'csv', now: PeriodSums, before: PeriodSums, timeZone: string): string {
  const rows = MEASURES.map((measure) => {
    const [value, other] = [measure.value(now), measure.value(before)];
    return { measure, value, other, change: change(value, other), percent: percent(value, other) };
  });
  if (format === 'csv') {
    return renderCsv(
      ['measure', 'period', 'with', 'change', 'percent'],
      rows.map(({ measure, value, other, change: by, percent: part }) => [measure.key, value, other, by, part]),
    );
  }
  if (format === 'json') {
    const side = (sums: PeriodSums): object => ({
      from: sums.from,
      to: sums.to,
      ...Object.fromEntries(MEASURES.map((measure) => [measure.key, asJson(measure, measure.value(sums))])),
    });
    const changes = rows.map(({ measure, change: by, percent: part }) => [
      measure.key,
      { absolute: asJson(measure, by), percent: part === null ? null : Number(part) },
    ]);
    const answer = { period: side(now), with: side(before), change: Object.fromEntries(changes) as object };
    return `${JSON.stringify(answer, null, 2)}\n`;
  }
  const span = ({ from, to }: PeriodSums): string =>
    [from, to].map((at) => formatDateTime(new Date(at), timeZone)).join(' – ');
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
