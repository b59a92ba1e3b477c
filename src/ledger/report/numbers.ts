/** How numbers and times are written in reports: one notation in all languages, so that two reports can be compared. */
import { roundDecimal } from './decimal.ts';

const THOUSANDS = /\B(?=(\d{3})+(?!\d))/g;

export function formatCount(value: number | bigint): string {
  const [whole = '', fraction] = value.toString().split('.');
  return whole.replace(THOUSANDS, ',') + (fraction === undefined ? '' : `.${fraction}`);
}

/**
 * `$1,234.5678`: four decimals, as all of the reports replaced by this one had. What is less than half of the last one is
 * not nothing: `<$0.0001`.
 */
export function formatUsd(decimal: string): string {
  const rounded = roundDecimal(decimal, 4);
  if (rounded === '0.0000' && /[1-9]/.test(decimal) && !decimal.startsWith('-')) return '<$0.0001';
  const negative = rounded.startsWith('-');
  const [whole = '0', fraction = ''] = rounded.replace('-', '').split('.');
  return `${negative ? '-' : ''}$${whole.replace(THOUSANDS, ',')}.${fraction}`;
}

export function formatPercent(part: number, of: number): string | null {
  return of === 0 ? null : `${((part / of) * 100).toFixed(2)}%`;
}

/** `850 ms`, `12.4 s`. */
export function formatMilliseconds(value: number): string {
  return value < 10_000 ? `${formatCount(Math.round(value))} ms` : `${(value / 1000).toFixed(1)} s`;
}

/** Making one takes longer than a thousand uses. */
const FORMATS = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = FORMATS.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    calendar: 'gregory',
    numberingSystem: 'latn',
  });
  FORMATS.set(timeZone, made);
  return made;
}

/** `2025-10-30 14:48:01` on the clocks of `timeZone`. */
export function formatDateTime(at: Date, timeZone: string): string {
  const parts = formatOf(timeZone).formatToParts(at);
  const value = (type: string): string => parts.find((part) => part.type === type)?.value ?? '';
  return `${value('year')}-${value('month')}-${value('day')} ${value('hour')}:${value('minute')}:${value('second')}`;
}

export function formatDate(at: Date, timeZone: string): string {
  return formatDateTime(at, timeZone).slice(0, 10);
}
