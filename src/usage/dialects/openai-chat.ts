/** OpenAI's chat completions, text completions and embeddings, and the many that speak like them. */
import { count, elements, identifier, object, wholeObject } from '../body/fields.ts';
import type { JsonObject } from '../body/fields.ts';
import { mergeUsage } from '../reader/findings.ts';
import type { AnswerReader, CallInfo, Dialect, Findings } from '../reader/findings.ts';
import { hasTokens, openaiTokens } from './openai-usage.ts';
import type { ReasoningRule } from './openai-usage.ts';

export interface OpenaiChatOptions {
  /** Does a stream state its usage without being asked (`stream_options.include_usage`)? */
  readonly streamUsage: 'on-request' | 'always';
  readonly reasoning?: ReasoningRule;
  /** A provider's own fields of a part: cost, upstream, searches. */
  readonly also?: (part: JsonObject, found: Findings, call: CallInfo) => void;
  /** After all parts, with the merged usage object (empty where there was none). */
  readonly conclude?: (usage: JsonObject, found: Findings, call: CallInfo) => void;
}

const WANTS = /"usage"\s*:\s*\{|"finish_reason"\s*:\s*"|"error"|"x_groq"|"provider_metadata"|"type"\s*:\s*"error"/;

export function openaiChat(options: OpenaiChatOptions): Dialect {
  return {
    wants: WANTS,
    start(call: CallInfo, found: Findings): AnswerReader {
      return {
        observe(part) {
          found.responseId = identifier(part['id']) ?? found.responseId;
          found.responseModel = identifier(part['model']) ?? found.responseModel;
          found.serviceTier = identifier(part['service_tier']) ?? found.serviceTier;
          observeChoices(part, found);
          observeUsage(part, found);
          options.also?.(part, found, call);
        },
        conclude() {
          if (found.usage === null) {
            const asked = object(call.request.get('stream_options'))?.['include_usage'] === true;
            found.notRequested = call.streamed && options.streamUsage === 'on-request' && !asked;
          } else {
            found.tokens = openaiTokens(found.usage, options.reasoning);
          }
          options.conclude?.(found.usage ?? {}, found, call);
        },
      };
    },
  };
}

export function observeChoices(part: JsonObject, found: Findings): void {
  elements(part, 'choices').forEach((choice, position) => {
    const reason = identifier(choice['finish_reason']);
    if (reason !== null) found.finishReasons.set(count(choice['index']) ?? position, reason);
  });
}

function observeUsage(part: JsonObject, found: Findings): void {
  // Groq: tokens in streams, cache statistics under the same key in plain answers.
  const groq = wholeObject(object(part['x_groq'])?.['usage']);
  if (groq !== null && hasTokens(groq)) note(groq, part, found);
  // Moonshot's streams put it into the choice that finishes.
  const usage = wholeObject(part['usage']) ?? usageOfChoice(part);
  if (usage !== null) note(usage, part, found);
  // llama.cpp tells what its cache spared beside the usage.
  const cached = count(object(part['timings'])?.['cache_n']);
  if (cached !== null) mergeUsage(found, { num_cached_tokens: cached });
}

function usageOfChoice(part: JsonObject): JsonObject | null {
  for (const choice of elements(part, 'choices')) {
    const usage = wholeObject(choice['usage']);
    if (usage !== null) return usage;
  }
  return null;
}

function note(usage: JsonObject, part: JsonObject, found: Findings): void {
  mergeUsage(found, usage);
  // vLLM's `continuous_usage_stats` puts a running count on every chunk: only the last says all.
  const choices = elements(part, 'choices');
  found.usageIsFinal = choices.length === 0 || choices.some((choice) => identifier(choice['finish_reason']) !== null);
}
