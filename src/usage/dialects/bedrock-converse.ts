/** Bedrock Converse, plain and streamed: `inputTokens` are the uncached ones only. */
import { count, firstCount, identifier, object, wholeObject } from '../body/fields.ts';
import type { JsonObject } from '../body/fields.ts';
import { mergeUsage } from '../reader/findings.ts';
import type { Dialect } from '../reader/findings.ts';
import type { TokenCounts } from '../record.ts';

export const bedrockConverse: Dialect = {
  wants: null,
  start: (_call, found) => ({
    observe(part, name) {
      const reason = identifier(part['stopReason']) ?? identifier(object(part['messageStop'])?.['stopReason']);
      if (reason !== null) found.finishReasons.set(0, reason);
      const holder = object(part['metadata']) ?? part;
      const usage = wholeObject(holder['usage']);
      if (usage !== null) {
        mergeUsage(found, usage);
        found.usageIsFinal = true;
      }
      // `metadata` is the last event.
      if (name === 'metadata') found.ended = true;
      found.serviceTier = identifier(object(holder['serviceTier'])?.['type']) ?? found.serviceTier;
      found.speed = identifier(object(holder['performanceConfig'])?.['latency']) ?? found.speed;
    },
    conclude() {
      if (found.usage !== null) found.tokens = bedrockTokens(found.usage);
    },
  }),
};

/** Camel case of Converse and Nova; each cache count may come under two names. */
export function bedrockTokens(usage: JsonObject): Partial<TokenCounts> {
  const uncached = count(usage['inputTokens']);
  const cacheRead = firstCount(usage['cacheReadInputTokens'], usage['cacheReadInputTokenCount']);
  const cacheWrite = firstCount(usage['cacheWriteInputTokens'], usage['cacheWriteInputTokenCount']);
  return {
    input: uncached === null ? null : uncached + (cacheRead ?? 0) + (cacheWrite ?? 0),
    output: count(usage['outputTokens']),
    total: count(usage['totalTokens']),
    cacheRead,
    cacheWrite,
    cacheWrite1h: oneHourWrites(usage['cacheDetails'], cacheWrite),
  };
}

function oneHourWrites(details: unknown, cacheWrite: number | null): number | null {
  if (!Array.isArray(details) || cacheWrite === null) return null;
  let sum = 0;
  let oneHour = 0;
  for (const item of details.slice(0, 16)) {
    const entry = object(item);
    const tokens = count(entry?.['inputTokens']) ?? 0;
    sum += tokens;
    if (entry?.['ttl'] === '1h') oneHour += tokens;
  }
  return sum === cacheWrite ? oneHour : null;
}
