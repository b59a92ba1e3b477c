/** Which limits an answer's headers state: every header whose name says "limit", with its neighbours. */
import type { RecordedExchange } from '../corpus.ts';

export interface StatedLimit {
  readonly limit: number;
  readonly remaining: number | null;
  /** Null where the header's form is not a duration. */
  readonly reset_seconds: number | null;
}

export function statedLimits(exchange: RecordedExchange): StatedLimit[] {
  const headers = exchange.response_headers;
  const limits: StatedLimit[] = [];
  for (const [name, value] of Object.entries(headers)) {
    const limit = Number(value);
    if (!/ratelimit/.test(name) || !/(^|-)limit(-|$)/.test(name.replace('ratelimit', '')) || !Number.isInteger(limit))
      continue;
    const neighbour = (word: string): string | undefined => headers[name.replace(/limit(-|$)(?!.*limit)/, `${word}$1`)];
    const remaining = neighbour('remaining');
    limits.push({
      limit,
      remaining: remaining === undefined ? null : Number(remaining),
      reset_seconds: durationSeconds(neighbour('reset')),
    });
  }
  return limits;
}

const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };

function durationSeconds(value: string | undefined): number | null {
  if (value === undefined || !/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(value)) return null;
  return [...value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)].reduce(
    (sum, [, digits, unit]) => sum + Number(digits) * (SECONDS[unit ?? ''] ?? 0),
    0,
  );
}
