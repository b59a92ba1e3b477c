/**
 * Limits that only the words of a 429 state: OpenAI and Groq name the quota, its size and what is used, also for the
 * daily ones that have no header ("on tokens per day (TPD): Limit 200000, Used 199840, Requested 1023. Please try again
 * in 6m12.8s").
 */
import { goDurationSeconds } from '../limits.ts';
import type { CallInfo, Findings } from './findings.ts';

const QUOTA = /\b(input tokens|output tokens|tokens|requests|audio seconds) per (second|min(?:ute)?|hour|day)\b/i;

export function readThrottleMessage(call: CallInfo, found: Findings): void {
  const message = found.error?.message ?? null;
  if (message === null || call.exchange.response?.status !== 429) return;
  const quota = QUOTA.exec(message);
  if (quota === null) return;
  const limit = wholeNumber(/Limit:? ([\d,]+)/i.exec(message)?.[1]);
  const used = wholeNumber(/Used:? ([\d,]+)/i.exec(message)?.[1]);
  const wait = goDurationSeconds(/try again in ([\dhms.µ]+?)\.?(?:\s|$)/i.exec(message)?.[1] ?? '');
  found.retryAfterSeconds = wait;
  if (limit === null) return;
  found.rateLimits.push({
    name: (quota[1] ?? '').toLowerCase().replace(' ', '_'),
    window: (quota[2] ?? '').toLowerCase().startsWith('min') ? 'minute' : (quota[2] ?? '').toLowerCase(),
    limit,
    remaining: used === null ? null : Math.max(0, limit - used),
    // The wait until this request fits, not until the limit is full again.
    resetSeconds: null,
    resetAtMs: null,
  });
}

function wholeNumber(digits: string | undefined): number | null {
  const value = Number((digits ?? '').replaceAll(',', ''));
  return digits !== undefined && Number.isSafeInteger(value) ? value : null;
}
