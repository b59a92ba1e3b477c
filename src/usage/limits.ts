/**
 * Rate-limit headers → observations, in one form for all providers. Names and windows are data in the provider files;
 * how a reset is written is recognised here.
 */
import type { Headers } from './exchange.ts';
import type { RateLimit } from './record.ts';

/** One limit of a provider: which headers state it. Absent: the provider has no such header. */
export interface LimitSpec {
  readonly name: string;
  readonly window: string | null;
  readonly limit?: string;
  readonly remaining?: string;
  readonly reset?: string;
  /** What is in use, where that is told instead of what remains. */
  readonly used?: string;
  /** Used share from 0 to 1 instead of counts (Anthropic subscriptions): read as a limit of 1. */
  readonly utilization?: string;
}

/** What is left of a limit longer than this is no reset but an error. */
const MAX_RESET_SECONDS = 400 * 86_400;
/** Providers state counts far below this; 9.2e18 means "no limit". */
const MAX_COUNT = 1e15;

/** Only with these does `retry-after` mean throttling: Anthropic, Together and Hugging Face send it on 200 as well. */
const RETRY_STATUSES: ReadonlySet<number> = new Set([402, 408, 409, 425, 429, 500, 502, 503, 504, 529]);

export interface LimitsRead {
  readonly limits: RateLimit[];
  /** Headers of a limit whose value was absurd: negative, 9.2e18, a word, a reset in a thousand years. */
  readonly dropped: number;
}

/**
 * @param receivedAtMs when the answer arrived, epoch milliseconds; null: relative resets stay relative, and absolute
 *   ones count from the answer's own `date`.
 */
export function readLimits(specs: readonly LimitSpec[], headers: Headers, receivedAtMs: number | null): LimitsRead {
  const limits: RateLimit[] = [];
  let dropped = 0;
  const read = <T>(name: string | undefined, as: (value: string | undefined) => T | null): T | null => {
    const stated = name === undefined ? undefined : headers[name];
    const value = as(stated);
    if (value === null && stated !== undefined && stated.trim() !== '') dropped++;
    return value;
  };
  for (const spec of specs) {
    const share = read(spec.utilization, ratio);
    const limit = share === null ? read(spec.limit, counted) : 1;
    const used = read(spec.used, counted);
    const left = read(spec.remaining, counted);
    const remaining =
      share !== null
        ? round(Math.max(0, 1 - share), 6)
        : limit !== null && used !== null
          ? Math.max(0, limit - used)
          : left;
    const reset = read(spec.reset, (stated) => readReset(stated, headers, receivedAtMs));
    if (limit === null && remaining === null && reset === null) continue;
    // Azure answers limit -1, remaining -1, reset 0 where it does not know; a reset alone says nothing.
    if (limit === null && remaining === null && spec.limit !== undefined && headers[spec.limit] !== undefined) continue;
    if (limits.some((other) => other.name === spec.name && other.window === spec.window)) continue;
    limits.push({
      name: spec.name,
      window: spec.window,
      limit,
      remaining,
      resetSeconds: reset?.seconds ?? null,
      resetAtMs: reset?.atMs ?? null,
    });
  }
  return { limits, dropped };
}

export interface Reset {
  readonly seconds: number | null;
  readonly atMs: number | null;
}

/**
 * Reads when a limit is full again: RFC 3339, a Go duration (`6m0s`, `120ms`), epoch milliseconds or seconds, or
 * seconds from now. Null for what is none of these, is negative, or lies absurdly far ahead.
 */
export function readReset(stated: string | undefined, headers: Headers, receivedAtMs: number | null): Reset | null {
  if (stated === undefined || stated === '') return null;
  // A header that a proxy repeated says it once; no form of a reset has a comma.
  const trimmed = (stated.split(',')[0] ?? '').trim();
  if (/^\d{4}-\d\d-\d\dT/.test(trimmed)) return absolute(Date.parse(trimmed), headers, receivedAtMs);
  const duration = goDurationSeconds(trimmed);
  if (duration !== null) return relative(duration, receivedAtMs);
  if (!/^\d+(?:\.\d+)?$/.test(trimmed)) return null;
  const value = Number(trimmed);
  if (value > 1e12) return absolute(value, headers, receivedAtMs);
  if (value > 1e9) return absolute(value * 1000, headers, receivedAtMs);
  return relative(value, receivedAtMs);
}

function relative(seconds: number, receivedAtMs: number | null): Reset | null {
  if (!(seconds >= 0) || seconds > MAX_RESET_SECONDS) return null;
  return {
    seconds: round(seconds, 3),
    atMs: receivedAtMs === null ? null : Math.round(receivedAtMs + seconds * 1000),
  };
}

function absolute(atMs: number, headers: Headers, receivedAtMs: number | null): Reset | null {
  if (!Number.isFinite(atMs)) return null;
  // The provider's own clock, where it tells it, is what it counted with.
  const base = dateHeader(headers) ?? receivedAtMs;
  if (base === null) return { seconds: null, atMs: Math.round(atMs) };
  const seconds = (atMs - base) / 1000;
  if (Math.abs(seconds) > MAX_RESET_SECONDS) return null;
  return { seconds: round(Math.max(0, seconds), 3), atMs: Math.round(atMs) };
}

const GO_DURATION =
  /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?(?:(\d+(?:\.\d+)?)[uµ]s)?(?:(\d+)ns)?$/;

/** `6m0s` → 360; null where it is no duration with units. */
export function goDurationSeconds(value: string): number | null {
  const match = value.length > 64 ? null : GO_DURATION.exec(value);
  if (match === null || value === '') return null;
  const [, days, hours, minutes, seconds, millis, micros, nanos] = match.map((part) => Number(part ?? 0));
  return (
    (days ?? 0) * 86_400 +
    (hours ?? 0) * 3600 +
    (minutes ?? 0) * 60 +
    (seconds ?? 0) +
    (millis ?? 0) / 1e3 +
    (micros ?? 0) / 1e6 +
    (nanos ?? 0) / 1e9
  );
}

/** Seconds to wait before another attempt; null where the status is not one of throttling. */
export function readRetryAfter(status: number | null, headers: Headers, receivedAtMs: number | null): number | null {
  if (status === null || !RETRY_STATUSES.has(status)) return null;
  const millis = number(headers['retry-after-ms']);
  if (millis !== null) return bounded(millis / 1000);
  const value = headers['retry-after']?.trim();
  if (value === undefined || value === '') return null;
  const seconds = number(value);
  if (seconds !== null) return bounded(seconds);
  const atMs = Date.parse(value);
  const base = dateHeader(headers) ?? receivedAtMs;
  return Number.isNaN(atMs) || base === null || !/[a-z]/i.test(value)
    ? null
    : bounded(Math.max(0, (atMs - base) / 1000));
}

function bounded(seconds: number): number | null {
  return seconds >= 0 && seconds <= MAX_RESET_SECONDS ? round(seconds, 3) : null;
}

function dateHeader(headers: Headers): number | null {
  const { date } = headers;
  const parsed = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(parsed) ? null : parsed;
}

/** A count of requests or tokens; `-1`, `9223372036854775807` and words are none. */
export function counted(value: string | undefined): number | null {
  const parsed = number(value);
  return parsed !== null && parsed <= MAX_COUNT ? parsed : null;
}

function ratio(value: string | undefined): number | null {
  const parsed = number(value);
  return parsed !== null && parsed <= 1000 ? parsed : null;
}

function number(value: string | undefined): number | null {
  if (value === undefined) return null;
  // A header that a proxy repeated (`500, 500`) says it once.
  const single = value.split(',')[0]?.trim() ?? '';
  return /^\d{1,18}(?:\.\d{1,18})?$/.test(single) ? Number(single) : null;
}

function round(value: number, digits: number): number {
  const factor = 10 ** digits;
  return Math.round(value * factor) / factor;
}

/** The family `x-ratelimit-{limit,remaining,reset}-SUFFIX`. */
export function rateLimitFamily(
  name: string,
  window: string | null,
  suffix: string,
  prefix = 'x-ratelimit',
): LimitSpec {
  const end = suffix === '' ? '' : `-${suffix}`;
  return {
    name,
    window,
    limit: `${prefix}-limit${end}`,
    remaining: `${prefix}-remaining${end}`,
    reset: `${prefix}-reset${end}`,
  };
}
