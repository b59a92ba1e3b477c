import { object, wholeObject, identifier } from '../body/fields.ts';
import type { JsonObject } from '../body/fields.ts';
import { openaiOperations } from '../dialects/openai-operations.ts';
import { openaiTokens } from '../dialects/openai-usage.ts';
import { rateLimitFamily } from '../limits.ts';
import { tokenCounts } from '../reader/counts.ts';
import { defineProvider } from '../reader/define-provider.ts';
import { readError } from '../reader/errors.ts';
import type { Findings } from '../reader/findings.ts';
import { readThrottleMessage } from '../reader/throttle-message.ts';
import type { UsagePart } from '../record.ts';
import type { Provider } from './provider.ts';

export const groq = defineProvider({
  name: 'groq',
  shortName: 'groq',
  displayName: 'Groq',
  hosts: ['api.groq.com'],
  report: {
    status: 'green',
    note: 'usage is in each answer, limits are in its headers; tokens per day have none',
    link: 'https://console.groq.com/settings/usage',
    checks: ['https://console.groq.com/settings/limits'],
    limits: {
      publishedOn: '2026-10-01',
      plan: 'free plan, gpt-oss models',
      limits: [
        { count: 30, unit: 'requests', per: 'minute' },
        { count: 1000, unit: 'requests', per: 'day' },
        { count: 8000, unit: 'tokens', per: 'minute' },
        { count: 200_000, unit: 'tokens', per: 'day' },
      ],
    },
  },
  operations: openaiOperations({ chat: { streamUsage: 'always', also: observeGroq } }),
  requestIdHeaders: ['x-request-id'],
  limits: [
    rateLimitFamily('requests', 'day', 'requests'),
    rateLimitFamily('tokens', 'minute', 'tokens'),
    rateLimitFamily('audio_seconds', 'hour', 'audio-seconds'),
  ],
  refine: readThrottleMessage,
}) satisfies Provider;

function observeGroq(part: JsonObject, found: Findings): void {
  const own = object(part['x_groq']);
  found.requestId = identifier(own?.['id']) ?? found.requestId;
  // Why a stream was stopped early, in words or as an error of the usual shape.
  if (own !== null) found.error = readError({ error: own['error'] }, false) ?? found.error;
  const models = wholeObject(part['usage_breakdown'])?.['models'] ?? object(part['x_groq'])?.['usage_breakdown'];
  const list = Array.isArray(models) ? models : object(models)?.['models'];
  if (Array.isArray(list) && list.length > 0) found.parts = list.slice(0, 64).flatMap(breakdownPart);
}

/** Compound systems call several models: each is priced as itself. */
function breakdownPart(item: unknown): UsagePart[] {
  const entry = object(item);
  const usage = wholeObject(entry?.['usage']);
  if (usage === null) return [];
  return [{ kind: 'model', model: identifier(entry?.['model']), tokens: tokenCounts(openaiTokens(usage)), units: {} }];
}
