/**
 * Bedrock InvokeModel: each vendor's own body, and counts in headers (plain) or in `amazon-bedrock-invocationMetrics` of
 * the last chunk (streamed). The vendor's own counts come first, since they tell more; all of them exclude the cache.
 */
import { parseWhole } from '../body/cut-json.ts';
import {
  count,
  elements,
  firstCount,
  identifier,
  object,
  sumKnown,
  text,
  wholeArray,
  wholeObject,
} from '../body/fields.ts';
import type { JsonObject } from '../body/fields.ts';
import type { Headers } from '../exchange.ts';
import { saysNothing } from '../reader/counts.ts';
import { mergeUsage } from '../reader/findings.ts';
import type { CallInfo, Dialect, Findings } from '../reader/findings.ts';
import type { TokenCounts } from '../record.ts';
import { concludeAnthropic, observeAnthropic } from './anthropic.ts';
import { bedrockTokens } from './bedrock-converse.ts';
import { countDocuments } from './bedrock-rerank.ts';
import { observeChoices } from './openai-chat.ts';
import { isRefused } from './openai-media.ts';
import { hasTokens, openaiTokens } from './openai-usage.ts';

export const bedrockInvoke: Dialect = {
  wants: null,
  start(call, found) {
    let metrics: JsonObject | null = null;
    let images: number | null = null;
    classify(call, found);
    return {
      observe(part) {
        const answer = chunkOf(part);
        if (answer === null) return;
        metrics = wholeObject(answer['amazon-bedrock-invocationMetrics']) ?? metrics;
        if (metrics !== null) found.ended = true;
        observeAnthropic(answer, found);
        observeVendor(answer, found);
        images = wholeArray(answer, 'images')?.length ?? wholeArray(answer, 'artifacts')?.length ?? images;
      },
      conclude() {
        concludeVendor(found);
        // In a stream whose middle is missing the vendor's counts may be those of its beginning, or lack them.
        if (call.gap && (found.tokens.input ?? null) === null) found.usageIsFinal = false;
        const beside = metrics === null ? headerTokens(call.exchange.response?.headers ?? {}) : metricsTokens(metrics);
        if (metrics !== null && !found.usageIsFinal) found.tokens = beside;
        found.usageIsFinal ||= metrics !== null;
        if (saysNothing(found.tokens)) {
          found.tokens = beside;
          if (metrics === null && !saysNothing(beside)) found.usageSource = 'header';
        } else {
          found.tokens = withWhatIsBeside(found.tokens, beside);
        }
        if (found.operation === 'embeddings') {
          const { input = null, inputImage = null } = found.tokens;
          found.tokens = { input, inputImage };
        }
        if (found.operation === 'rerank') countDocuments(call, found, 'documents');
        if (found.operation === 'image' && images !== null && !isRefused(call)) {
          found.units.images = images;
          found.size = sizeOf(call);
        }
      },
    };
  },
};

/** What the model's name says that it makes. */
function classify(call: CallInfo, found: Findings): void {
  const model = found.requestModel ?? '';
  if (/embed/i.test(model)) {
    found.operation = 'embeddings';
    found.serviceType = 'embedding';
  } else if (/rerank/i.test(model)) {
    found.operation = 'rerank';
    found.serviceType = 'rerank';
  } else if (/stability|stable-|image-generator|nova-canvas/i.test(model)) {
    found.operation = 'image';
    found.serviceType = 'image';
  } else if (call.request.get('messages') === undefined && hasPrompt(call)) {
    found.operation = 'text_completion';
  }
}

function hasPrompt(call: CallInfo): boolean {
  return call.request.get('prompt') !== undefined || call.request.get('inputText') !== undefined;
}

/** A chunk of the stream wraps the vendor's event in base64. */
function chunkOf(part: JsonObject): JsonObject | null {
  const encoded = part['bytes'];
  if (typeof encoded !== 'string') return part;
  try {
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
    return object(parseWhole(new TextDecoder().decode(bytes)));
  } catch {
    return null;
  }
}

function observeVendor(answer: JsonObject, found: Findings): void {
  // Nova, as Converse would.
  const novaReason = identifier(answer['stopReason']) ?? identifier(object(answer['messageStop'])?.['stopReason']);
  if (novaReason !== null) found.finishReasons.set(0, novaReason);
  const nova = wholeObject(object(answer['metadata'])?.['usage']);
  if (nova !== null) mergeUsage(found, nova);
  // Jamba and gpt-oss speak like OpenAI, Mistral nearly.
  observeChoices(answer, found);
  for (const [index, item] of elements(answer, 'choices').entries()) noteReason(index, item['stop_reason'], found);
  for (const [index, item] of elements(answer, 'outputs').entries()) noteReason(index, item['stop_reason'], found);
  // Cohere, whose stream ends with the whole response.
  const cohere = object(answer['response']) ?? answer;
  found.responseId = identifier(cohere['generation_id']) ?? found.responseId ?? identifier(cohere['response_id']);
  noteReason(0, answer['finish_reason'], found);
  for (const [index, item] of elements(answer, 'generations').entries())
    noteReason(index, item['finish_reason'], found);
  // AI21 Jurassic.
  for (const [index, item] of elements(answer, 'completions').entries())
    noteReason(index, object(item['finishReason'])?.['reason'], found);
  // Titan: its counts are the body's own.
  const results = elements(answer, 'results');
  for (const [index, item] of results.entries()) noteReason(index, item['completionReason'], found);
  noteReason(0, answer['completionReason'], found);
  mergeUsage(found, {
    titanInput: count(answer['inputTextTokenCount']),
    titanOutput:
      wholeArray(answer, 'results') === null
        ? count(answer['totalOutputTextTokenCount'])
        : sumKnown(...results.map((item) => count(item['tokenCount']))),
    // Llama.
    llamaInput: count(answer['prompt_token_count']),
    llamaOutput: count(answer['generation_token_count']),
  });
}

function noteReason(index: number, value: unknown, found: Findings): void {
  const reason = identifier(value);
  if (reason !== null) found.finishReasons.set(index, reason);
}

function concludeVendor(found: Findings): void {
  const { usage } = found;
  if (usage === null) return;
  if (count(usage['inputTokens']) !== null || count(usage['outputTokens']) !== null)
    found.tokens = bedrockTokens(usage);
  else if (count(usage['prompt_tokens']) !== null) found.tokens = openaiTokens(usage);
  else if (hasTokens(usage)) concludeAnthropic(found);
  else {
    found.tokens = {
      input: firstCount(usage['titanInput'], usage['llamaInput']),
      output: firstCount(usage['titanOutput'], usage['llamaOutput']),
    };
  }
}

function metricsTokens(metrics: JsonObject): Partial<TokenCounts> {
  return withCache(
    count(metrics['inputTokenCount']),
    count(metrics['outputTokenCount']),
    count(metrics['cacheReadInputTokenCount']),
    count(metrics['cacheWriteInputTokenCount']),
  );
}

function headerTokens(headers: Headers): Partial<TokenCounts> {
  const stated = (name: string): number | null => {
    const value = text(headers[`x-amzn-bedrock-${name}-token-count`]);
    return value !== null && /^\d{1,15}$/.test(value) ? Number(value) : null;
  };
  return withCache(stated('input'), stated('output'), stated('cache-read-input'), stated('cache-write-input'));
}

/** A vendor's own counts may leave out the cache, or the output; what Bedrock states beside them does not. */
function withWhatIsBeside(own: Partial<TokenCounts>, beside: Partial<TokenCounts>): Partial<TokenCounts> {
  const { input = null, output = null, cacheRead = null, cacheWrite = null } = own;
  const cached = (beside.cacheRead ?? 0) + (beside.cacheWrite ?? 0);
  const leavesOutCache =
    cacheRead === null && cacheWrite === null && cached > 0 && input === (beside.input ?? 0) - cached;
  return {
    ...own,
    input: leavesOutCache ? (beside.input ?? null) : (input ?? beside.input ?? null),
    output: output ?? beside.output ?? null,
    cacheRead: leavesOutCache ? (beside.cacheRead ?? null) : cacheRead,
    cacheWrite: leavesOutCache ? (beside.cacheWrite ?? null) : cacheWrite,
  };
}

function withCache(
  uncached: number | null,
  output: number | null,
  cacheRead: number | null,
  cacheWrite: number | null,
): Partial<TokenCounts> {
  const input = uncached === null ? null : uncached + (cacheRead ?? 0) + (cacheWrite ?? 0);
  return { input, output, cacheRead, cacheWrite };
}

function sizeOf(call: CallInfo): string | null {
  const config = object(call.request.get('imageGenerationConfig'));
  const width = count(config?.['width']) ?? count(call.request.get('width'));
  const height = count(config?.['height']) ?? count(call.request.get('height'));
  return width === null || height === null ? identifier(call.request.get('aspect_ratio')) : `${width}x${height}`;
}
