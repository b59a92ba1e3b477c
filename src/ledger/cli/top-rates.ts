/** What the calls of the last moments amount to, as rates by model. */
import { formatCount, formatDateTime, formatMilliseconds, formatUsd } from '../report/numbers.ts';
import { multiplyDecimal } from '../report/decimal.ts';
import { printable } from '../report/render/printable.ts';
import { styled, terminalTable } from '../report/render/terminal-table.ts';
import type { TerminalColumn, TerminalOptions } from '../report/render/terminal-table.ts';
import type { ReadModelSums, UsageSums } from './usage-sums.ts';

/** Null: nobody stated it. Calls whose cost or usage is not known are counted beside. */
export interface Rates {
  readonly provider: string | null;
  readonly model: string | null;
  readonly callsPerMinute: number;
  readonly failed: number;
  readonly inputPerMinute: number | null;
  readonly outputPerMinute: number | null;
  /** Decimal USD. */
  readonly usdPerHour: string | null;
  readonly withoutUsage: number;
  readonly unpriced: number;
  readonly meanDurationMs: number | null;
}

export interface Snapshot {
  readonly at: Date;
  readonly windowMinutes: number;
  readonly total: Rates;
  /** What costs most first. */
  readonly models: readonly Rates[];
}

export async function readRates(read: ReadModelSums, at: Date, windowMinutes: number): Promise<Snapshot> {
  const { total, models } = await read(new Date(at.getTime() - windowMinutes * 60_000), at);
  return {
    at,
    windowMinutes,
    total: ratesOf(total, {}, windowMinutes),
    models: models.map(({ group, ...sums }) => ratesOf(sums, group, windowMinutes)),
  };
}

function ratesOf(sums: UsageSums, group: Readonly<Record<string, string | null>>, minutes: number): Rates {
  const perMinute = (value: number | null): number | null => (value === null ? null : value / minutes);
  const cost = sums.estimated_cost_exact;
  return {
    provider: group['provider'] ?? null,
    model: group['model'] ?? null,
    callsPerMinute: sums.total_requests / minutes,
    failed: sums.failed_requests,
    inputPerMinute: perMinute(sums.input_tokens),
    outputPerMinute: perMinute(sums.output_tokens),
    usdPerHour: cost === null ? null : multiplyDecimal(cost, 60 / minutes),
    withoutUsage: sums.requests_without_usage,
    unpriced: sums.requests_without_cost,
    meanDurationMs: sums.mean_duration_ms,
  };
}

const left = (head: string): TerminalColumn => ({ head, align: 'left' });
const right = (head: string, dropFirst?: number): TerminalColumn => ({
  head,
  align: 'right',
  ...(dropFirst === undefined ? {} : { dropFirst }),
});
const COLUMNS: readonly TerminalColumn[] = [
  left('Provider'),
  left('Model'),
  right('Calls/min'),
  right('Failed', 3),
  right('Input/min'),
  right('Output/min'),
  right('$/h'),
  right('No cost', 2),
  right('Mean time', 1),
];

export function renderRates(snapshot: Snapshot, timeZone: string, terminal: TerminalOptions): string[] {
  const { at, windowMinutes, total, models } = snapshot;
  const span = windowMinutes === 1 ? 'the last minute' : `the last ${windowMinutes} minutes`;
  const heading = `wiretally top – ${formatDateTime(at, timeZone)} (${timeZone}), ${span}`;
  const lines = [styled(['bold', 'cyan'], heading, terminal)];
  if (models.length === 0) return [...lines, '', 'No calls.'];
  const row = (rates: Rates): string[] => [
    printable(rates.provider ?? 'unknown'),
    printable(rates.model ?? 'unknown'),
    ...cells(rates),
  ];
  return [...lines, ...terminalTable(COLUMNS, models.map(row), ['Total', '', ...cells(total)], terminal)];
}

function cells(rates: Rates): string[] {
  const some = (count: number): string => (count === 0 ? '' : formatCount(count));
  return [
    rate(rates.callsPerMinute),
    some(rates.failed),
    rate(rates.inputPerMinute),
    rate(rates.outputPerMinute),
    rates.usdPerHour === null ? 'unknown' : formatUsd(rates.usdPerHour),
    some(rates.unpriced),
    rates.meanDurationMs === null ? 'unknown' : formatMilliseconds(rates.meanDurationMs),
  ];
}

/** Few things a minute need their tenths. */
const rate = (value: number | null): string =>
  value === null ? 'unknown' : value < 100 ? value.toFixed(1) : formatCount(Math.round(value));

/** One object, for programs that read line by line. */
export function ratesJson(snapshot: Snapshot): string {
  const object = (rates: Rates): object => ({
    calls_per_minute: rates.callsPerMinute,
    failed: rates.failed,
    input_tokens_per_minute: rates.inputPerMinute,
    output_tokens_per_minute: rates.outputPerMinute,
    usd_per_hour: rates.usdPerHour,
    requests_without_usage: rates.withoutUsage,
    requests_without_cost: rates.unpriced,
    mean_duration_ms: rates.meanDurationMs,
  });
  return JSON.stringify({
    time: snapshot.at.toISOString(),
    window_minutes: snapshot.windowMinutes,
    total: object(snapshot.total),
    models: snapshot.models.map((rates) => ({ provider: rates.provider, model: rates.model, ...object(rates) })),
  });
}
