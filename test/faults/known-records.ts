/** Records that can be made again from their number: nothing has to be remembered to know what the ledger must hold. */
import type { UsageRecord } from '@wiretally/usage';
import { failedRecord, usageRecord } from '../ledger/usage-record.ts';

/** Where the first record stands, and how far apart they are. */
export interface RecordSeries {
  /** Microseconds since the epoch of record 0. */
  readonly startUnixMicros: number;
  readonly stepMicros: number;
}

/** Digits after the point that a cost has; sums of whole numbers of this unit are exact. */
const COST_DIGITS = 18;
/** Odd and not a divisor of the modulus, so that neighbours share no digits. */
const COST_FACTOR = 7_919_000_000_037n;
const COST_MODULUS = 10n ** 16n;

/** A UUID of version 7 whose last 12 digits are the number. */
export function recordId(number: number): string {
  return `01990000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;
}

/** @returns null where the id is none of ours */
export function recordNumber(id: string): number | null {
  return id.startsWith('01990000-0000-7000-8000-') ? Number.parseInt(id.slice(24), 16) : null;
}

/** In units of 1e-18 USD; null where the call failed and nobody said what it cost. */
export function recordCost(number: number): bigint | null {
  return hasFailed(number) ? null : (BigInt(number) * COST_FACTOR + 1n) % COST_MODULUS;
}

export function costText(units: bigint): string {
  const digits = units.toString().padStart(COST_DIGITS + 1, '0');
  return `${digits.slice(0, -COST_DIGITS)}.${digits.slice(-COST_DIGITS)}`;
}

/** @throws Error where the text has more digits than a cost of ours */
export function costUnits(text: string): bigint {
  const [whole = '0', fraction = ''] = text.split('.');
  if (fraction.length > COST_DIGITS && /[1-9]/.test(fraction.slice(COST_DIGITS))) {
    throw new Error(`a cost of the ledger has more digits than any that was sent: ${text}`);
  }
  return BigInt(whole + fraction.padEnd(COST_DIGITS, '0').slice(0, COST_DIGITS));
}

export function recordTime(series: RecordSeries, number: number): number {
  return series.startUnixMicros + number * series.stepMicros;
}

export function inputTokens(number: number): number | null {
  return hasFailed(number) ? null : 100 + (number % 9973);
}

export function knownRecord(series: RecordSeries, number: number): UsageRecord {
  const shared = {
    id: recordId(number),
    timeUnixMicros: recordTime(series, number),
    requestModel: `model-${number % 7}`,
    userId: `user-${number % 101}`,
    sessionId: `session-${number % 1009}`,
    tags: { team: `team-${number % 3}` },
    durationMs: 20 + (number % 4001),
  };
  const cost = recordCost(number);
  if (cost === null) return failedRecord(shared);
  const input = inputTokens(number);
  return usageRecord({
    ...shared,
    costUsd: costText(cost),
    costCalculatedUsd: costText(cost),
    tokens: { input, output: 7, total: (input ?? 0) + 7, reasoning: number % 3 === 0 ? 5 : null },
  });
}

function hasFailed(number: number): boolean {
  return number % 10 === 9;
}
