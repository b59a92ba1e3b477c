/** Records that can be made again from their number: nothing has to be remembered to know what the ledger must hold. */
import { priceReading } from '@wiretally/usage';
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

/** What the row of a record has to say in the end. */
export interface KnownRow {
  /** In units of 1e-18 USD. */
  readonly cost: bigint | null;
  readonly inputTokens: number | null;
  readonly model: string | null;
  readonly user: string;
}

/** One record in so many is a call that does not know its usage; its answer is another record, often in another batch. */
const PENDING_EVERY = 40;
const PENDING = 8;
/** Some answers stand before their calls. Not multiples of PENDING_EVERY, so that no record is both. */
const ANSWER_AFTER = [205, 3, -5] as const;
const PENDING_MODEL = 'gpt-4o-mini';

export function knownRecord(series: RecordSeries, number: number): UsageRecord {
  const shared = {
    id: recordId(number),
    timeUnixMicros: recordTime(series, number),
    requestModel: `model-${number % 7}`,
    userId: user(number),
    sessionId: `session-${number % 1009}`,
    tags: { team: `team-${number % 3}` },
    durationMs: 20 + (number % 4001),
  };
  switch (kindOf(number)) {
    case 'failed':
      return failedRecord(shared);
    case 'pending':
      return usageRecord({
        ...shared,
        ...UNPRICED,
        requestModel: PENDING_MODEL,
        responseId: responseId(number),
        usageSource: 'missing',
        usageMissingReason: 'pending',
        tokens: { input: null, output: null, total: null },
        unpricedReason: 'usage-missing',
        finishReasons: [],
      });
    case 'answer':
      return usageRecord({
        ...shared,
        ...UNPRICED,
        kind: 'restated',
        operation: 'retrieve',
        requestModel: null,
        responseId: responseId(askedBy(number) ?? 0),
        tokens: answerTokens(askedBy(number) ?? 0),
        unpricedReason: 'not-billed-here',
      });
    case 'call': {
      const cost = costText(callCost(number));
      const input = callInput(number);
      return usageRecord({
        ...shared,
        costUsd: cost,
        costCalculatedUsd: cost,
        tokens: { input, output: 7, total: input + 7, reasoning: number % 3 === 0 ? 5 : null },
      });
    }
  }
}

/** @param sent records 0 to this − 1 were: a call whose answer is not among them stays as it was */
export function knownRow(series: RecordSeries, number: number, sent: number): KnownRow {
  const row = { model: `model-${number % 7}`, user: user(number) };
  switch (kindOf(number)) {
    case 'failed':
      return { ...row, cost: null, inputTokens: null };
    case 'pending': {
      const model = PENDING_MODEL;
      if (answeredBy(number) >= sent) return { ...row, model, cost: null, inputTokens: null };
      return { ...row, model, cost: completedCost(series, number), inputTokens: answerTokens(number).input };
    }
    case 'answer':
      return { ...row, model: null, cost: null, inputTokens: answerTokens(askedBy(number) ?? 0).input };
    case 'call':
      return { ...row, cost: callCost(number), inputTokens: callInput(number) };
  }
}

const UNPRICED = { costUsd: null, costCalculatedUsd: null, costSource: null, priceCard: null } as const;

function kindOf(number: number): 'call' | 'failed' | 'pending' | 'answer' {
  if (number % 10 === 9) return 'failed';
  if (number % PENDING_EVERY === PENDING) return 'pending';
  return askedBy(number) === null ? 'call' : 'answer';
}

function answeredBy(pending: number): number {
  return pending + ANSWER_AFTER[Math.floor(pending / PENDING_EVERY) % ANSWER_AFTER.length]!;
}

/** The call that the record answers; null where it answers none. */
function askedBy(number: number): number | null {
  const call = ANSWER_AFTER.map((after) => number - after).find(
    (pending) => pending >= 0 && pending % PENDING_EVERY === PENDING && answeredBy(pending) === number,
  );
  return call ?? null;
}

function responseId(pending: number): string {
  return `response-${pending}`;
}

function user(number: number): string {
  return `user-${number % 101}`;
}

function callCost(number: number): bigint {
  return (BigInt(number) * COST_FACTOR + 1n) % COST_MODULUS;
}

function callInput(number: number): number {
  return 100 + (number % 9973);
}

function answerTokens(pending: number): { input: number; output: number; total: number } {
  const input = 200 + (pending % 11);
  return { input, output: 50, total: input + 50 };
}

const completedCosts = new Map<number, bigint>();

/** By the price of the time of the call, which is one and the same for a series. */
function completedCost(series: RecordSeries, pending: number): bigint {
  const tokens = answerTokens(pending);
  let cost = completedCosts.get(tokens.input);
  if (cost === undefined) {
    const record = usageRecord({ requestModel: PENDING_MODEL, tokens });
    const { costUsd } = priceReading(record, { atMs: Math.floor(recordTime(series, pending) / 1000) });
    if (costUsd === null) throw new Error(`${PENDING_MODEL} has no price: take another model`);
    cost = costUnits(costUsd);
    completedCosts.set(tokens.input, cost);
  }
  return cost;
}
