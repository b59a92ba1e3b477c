/** Anthropic's Messages API, on any host: `input_tokens` are the uncached ones only, cache reads and writes stand beside. */
import { child, count, firstCount, identifier, object, sumKnown, wholeObject } from '../body/fields.ts';
import type { JsonObject } from '../body/fields.ts';
import { tokenCounts } from '../reader/counts.ts';
import { mergeUsage } from '../reader/findings.ts';
import type { AnswerReader, CallInfo, Dialect, Findings } from '../reader/findings.ts';
import type { TokenCounts, UsagePart } from '../record.ts';

const WANTS = /"type"\s*:\s*"(?:message_start|message_delta|message_stop|error)"|"usage"|invocationMetrics/;

export const anthropicMessages: Dialect = {
  wants: WANTS,
  start(call: CallInfo, found: Findings): AnswerReader {
    return {
      observe(part) {
        observeAnthropic(part, found);
      },
      conclude() {
        concludeAnthropic(found);
        // Older answers state the input in `message_start` only, which may be what is missing.
        if (call.gap && (found.tokens.input ?? null) === null) found.usageIsFinal = false;
      },
    };
  },
};

/** One event, or the whole message. */
export function observeAnthropic(part: JsonObject, found: Findings): void {
  const { type } = part;
  // `message_start` wraps the message; in it the split of cache writes by lifetime appears alone.
  const message = object(part['message']) ?? part;
  if (type !== 'error') found.responseId = identifier(message['id']) ?? found.responseId;
  else found.requestId = identifier(part['request_id']) ?? found.requestId;
  found.responseModel = identifier(message['model']) ?? found.responseModel;
  const reason = identifier(message['stop_reason']) ?? identifier(child(part, 'delta')?.['stop_reason']);
  if (reason !== null) found.finishReasons.set(0, reason);
  const usage = wholeObject(message['usage']);
  if (usage !== null) {
    mergeUsage(found, usage);
    if (type === 'message_delta' || message === part) found.usageIsFinal = true;
  }
  if (type === 'message_stop') found.ended = true;
}

export function concludeAnthropic(found: Findings): void {
  const { usage } = found;
  if (usage === null) return;
  found.tokens = anthropicTokens(usage);
  found.serviceTier = identifier(usage['service_tier']) ?? found.serviceTier;
  found.inferenceGeo = identifier(usage['inference_geo']) ?? found.inferenceGeo;
  found.speed = identifier(usage['speed']) ?? found.speed;
  const tools = object(usage['server_tool_use']);
  const searches = count(tools?.['web_search_requests']);
  const fetches = count(tools?.['web_fetch_requests']);
  if (searches !== null && searches > 0) found.units.searches = searches;
  if (fetches !== null && fetches > 0) found.units.fetches = fetches;
  found.parts = iterationParts(usage, found.responseModel ?? found.requestModel);
}

/**
 * Top-level counts are the sum of the `message` iterations only: compaction and advisor work is billed but not in them,
 * the advisor's at another model's price.
 */
function iterationParts(usage: JsonObject, model: string | null): UsagePart[] {
  const iterations = usage['iterations'];
  if (!Array.isArray(iterations)) return [];
  return iterations.slice(0, MAX_ITERATIONS).flatMap((item): UsagePart[] => {
    const iteration = object(item);
    if (iteration === null) return [];
    return [
      {
        kind: identifier(iteration['type']) ?? 'message',
        model: identifier(iteration['model']) ?? model,
        tokens: tokenCounts(anthropicTokens(iteration)),
        units: {},
      },
    ];
  });
}

const MAX_ITERATIONS = 256;

export function anthropicTokens(usage: JsonObject): Partial<TokenCounts> {
  const uncached = count(usage['input_tokens']);
  const cacheRead = count(usage['cache_read_input_tokens']);
  const split = object(usage['cache_creation']);
  const fiveMinutes = count(split?.['ephemeral_5m_input_tokens']);
  const oneHour = count(split?.['ephemeral_1h_input_tokens']);
  const splitSum = sumKnown(fiveMinutes, oneHour);
  const cacheWrite = count(usage['cache_creation_input_tokens']) ?? splitSum;
  return {
    input: uncached === null ? null : uncached + (cacheRead ?? 0) + (cacheWrite ?? 0),
    output: count(usage['output_tokens']),
    cacheRead,
    cacheWrite,
    // The split comes with the stream's start, the sum with its end: kept only while they agree.
    cacheWrite1h: splitSum !== null && splitSum === cacheWrite ? oneHour : null,
    reasoning: firstCount(object(usage['output_tokens_details'])?.['thinking_tokens']),
  };
}
