/** Google states limits in the body of a 429 only: QuotaFailure and RetryInfo among the error's details. */
import { identifier, object, text } from '../body/fields.ts';
import type { JsonObject } from '../body/fields.ts';
import { counted, goDurationSeconds } from '../limits.ts';
import type { CallInfo, Findings } from './findings.ts';

export function refineGoogleError(call: CallInfo, found: Findings): void {
  const { response, receivedAtMs } = call.exchange;
  found.serviceTier ??= identifier(response?.headers['x-gemini-service-tier']);
  const list = found.error?.details?.['details'];
  if (!Array.isArray(list)) return;
  const details = (list as unknown[])
    .slice(0, MAX_DETAILS)
    .map(object)
    .filter((item) => item !== null);
  if (found.error !== null && details.some((detail) => detail['reason'] === 'API_KEY_INVALID'))
    found.error = { ...found.error, type: 'authentication_error' };
  const retryDelay =
    details.map((detail) => goDurationSeconds(text(detail['retryDelay']) ?? '')).find(isNumber) ?? null;
  const violations = details.flatMap((detail) => violationsOf(detail));
  const daily = violations.some(({ window }) => window === 'day');
  // The delay given for a daily quota is anything from seconds to hours; what counts is midnight in California.
  const seconds = daily ? untilPacificMidnight(receivedAtMs ?? dateOf(response?.headers['date'])) : retryDelay;
  found.retryAfterSeconds = seconds;
  for (const { name, window, limit } of violations) {
    const reset = window === 'day' || !daily ? seconds : null;
    found.rateLimits.push({
      name,
      window,
      limit,
      remaining: 0,
      resetSeconds: reset,
      resetAtMs: reset === null || receivedAtMs === undefined ? null : Math.round(receivedAtMs + reset * 1000),
    });
  }
}

const MAX_DETAILS = 32;

interface Violation {
  readonly name: string;
  readonly window: string | null;
  readonly limit: number | null;
}

function violationsOf(detail: JsonObject): Violation[] {
  const list = detail['violations'];
  if (!Array.isArray(list)) return [];
  return (list as unknown[]).slice(0, MAX_DETAILS).flatMap((item): Violation[] => {
    const violation = object(item);
    const id = identifier(violation?.['quotaId']);
    const metric = identifier(violation?.['quotaMetric']) ?? '';
    if (id === null) return [];
    const window = /PerDay/.test(id) ? 'day' : /PerMinute/.test(id) ? 'minute' : null;
    const name =
      /token/i.test(metric) || /Token/.test(id) ? (/input/i.test(metric + id) ? 'input_tokens' : 'tokens') : 'requests';
    return [{ name, window, limit: counted(text(violation?.['quotaValue']) ?? undefined) }];
  });
}

function isNumber(value: number | null): value is number {
  return value !== null;
}

function dateOf(header: string | undefined): number | null {
  const parsed = header === undefined ? Number.NaN : Date.parse(header);
  return Number.isNaN(parsed) ? null : parsed;
}

/** Seconds until the next midnight in America/Los_Angeles, across changes of daylight saving time. */
export function untilPacificMidnight(nowMs: number | null): number | null {
  if (nowMs === null || !Number.isFinite(nowMs)) return null;
  const today = pacificDay(nowMs);
  let low = nowMs;
  let high = nowMs + 26 * 3_600_000;
  if (pacificDay(high) === today) return null;
  // The day changes once within 26 hours: halve until the second is found.
  while (high - low > 500) {
    const middle = (low + high) / 2;
    if (pacificDay(middle) === today) low = middle;
    else high = middle;
  }
  return Math.round((high - nowMs) / 1000);
}

let pacific: Intl.DateTimeFormat | null = null;

function pacificDay(ms: number): string {
  pacific ??= new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Los_Angeles', dateStyle: 'short' });
  return pacific.format(ms);
}
