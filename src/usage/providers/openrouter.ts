import { amount, count, identifier, object, text, wholeObject } from '../body/fields.ts';
import type { JsonObject } from '../body/fields.ts';
import { anthropicOperations } from '../dialects/anthropic-operations.ts';
import { openaiImages } from '../dialects/openai-media.ts';
import { get, openaiOperations, post } from '../dialects/openai-operations.ts';
import { rerankUsage } from '../dialects/rerank.ts';
import { readLimits } from '../limits.ts';
import type { LimitSpec } from '../limits.ts';
import { usd } from '../reader/decimal.ts';
import { defineProvider } from '../reader/define-provider.ts';
import { errorName } from '../reader/errors.ts';
import type { CallInfo, Dialect, Findings } from '../reader/findings.ts';
import type { Provider } from './provider.ts';

/** Free models have a daily counter, all others one a minute; the reset tells which is meant only by its distance. */
const LIMITS: readonly LimitSpec[] = [
  {
    name: 'requests',
    window: null,
    limit: 'x-ratelimit-limit',
    remaining: 'x-ratelimit-remaining',
    reset: 'x-ratelimit-reset',
  },
];

/** What became of a call, asked for by its id: the native counts are the billed ones. Also for streams that were cut. */
const generation: Dialect = {
  wants: null,
  start: (_call, found) => ({
    observe(part) {
      const data = wholeObject(part['data']);
      if (data === null) return;
      found.responseId = identifier(data['id']);
      found.responseModel = identifier(data['model']);
      found.upstreamProvider = identifier(data['provider_name']);
      found.serviceTier = identifier(data['service_tier']);
      const reason = identifier(data['finish_reason']);
      if (reason !== null) found.finishReasons.set(0, reason);
      found.tokens = {
        input: count(data['native_tokens_prompt']),
        output: count(data['native_tokens_completion']),
        reasoning: count(data['native_tokens_reasoning']),
        cacheRead: count(data['native_tokens_cached']),
        outputImage: count(data['native_tokens_completion_images']),
      };
      found.costReportedUsd = usd(data['total_cost']);
      found.costUpstreamUsd = usd(data['upstream_inference_cost']);
    },
  }),
};

export const openrouter = defineProvider({
  name: 'openrouter',
  shortName: 'openrouter',
  displayName: 'OpenRouter',
  hosts: ['openrouter.ai/api', '*.openrouter.ai/api'],
  report: {
    status: 'green',
    note: 'usage and cost are in each answer',
    link: 'https://openrouter.ai/activity',
    limits: {
      publishedOn: '2026-11-22',
      plan: ':free models, accounts without credits',
      limits: [
        { count: 20, unit: 'requests', per: 'minute' },
        { count: 50, unit: 'requests', per: 'day' },
      ],
    },
  },
  operations: [
    get(/\/generation$/, generation),
    ...openaiOperations({ chat: { streamUsage: 'always', also: noteUpstream }, media: noteUpstream }),
    ...anthropicOperations(),
    post(/\/images$/, 'image', 'image', openaiImages(noteUpstream)),
    post(/\/rerank$/, 'rerank', 'rerank', rerankUsage),
  ],
  requestIdHeaders: ['x-generation-id', 'x-request-id'],
  limits: LIMITS,
  refine: refineOpenrouter,
}) satisfies Provider;

function noteUpstream(part: JsonObject, found: Findings): void {
  found.upstreamProvider = identifier(part['provider']) ?? found.upstreamProvider;
}

function refineOpenrouter(call: CallInfo, found: Findings): void {
  const { usage } = found;
  if (usage !== null) {
    found.costReportedUsd = usd(usage['cost']);
    const details = object(usage['cost_details']);
    found.costUpstreamUsd = usd(details?.['upstream_inference_cost']);
    const tools = object(usage['server_tool_use_details']) ?? object(usage['server_tool_use']);
    const searches = count(tools?.['web_search_requests']);
    if (searches !== null && searches > 0) found.units.searches = searches;
    const seconds = amount(usage['seconds']);
    if (seconds !== null && found.operation === 'transcription') found.units.audio_seconds = seconds;
  }
  const metadata = found.error?.details ?? null;
  if (found.error === null || metadata === null) return;
  const kind = errorName(metadata['limit_source']) ?? errorName(metadata['error_type']);
  if (kind !== null) found.error = { ...found.error, code: kind };
  found.upstreamProvider ??= identifier(metadata['provider_name']);
  // A copy of the headers, where a proxy has stripped the real ones.
  const copy = wholeObject(metadata['headers']);
  if (copy === null || call.exchange.response?.headers['x-ratelimit-limit'] !== undefined) return;
  const headers: Record<string, string> = {};
  for (const name in copy) headers[name.toLowerCase()] = text(copy[name]) ?? String(count(copy[name]) ?? '');
  const window = kind === 'openrouter_free_tier_daily' ? 'day' : null;
  for (const limit of readLimits(LIMITS, headers, call.exchange.receivedAtMs ?? null).limits)
    found.rateLimits.push({ ...limit, window });
}
