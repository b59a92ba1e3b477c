/**
 * The truth that the readers are held to: a second, naive reading that parses everything and shares no code with them.
 * The rules are the providers' own: which counts are inside which, and which field is final.
 */
import type { RecordedExchange } from '../corpus.ts';
import { field, isObject, parseDocuments } from './documents.ts';
import type { Json } from './documents.ts';

export interface Truth {
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cache_read_tokens: number | null;
  readonly cache_write_tokens: number | null;
  readonly reasoning_tokens: number | null;
}

/** @returns null where the answer states no usage. */
export function statedUsage(exchange: RecordedExchange): Truth | null {
  if (exchange.status >= 400) return null;
  const path = new URL(exchange.url).pathname;
  if (/count_tokens|count-tokens|countTokens|input_tokens$|tokenize|moderations|\/files|cachedContents/.test(path))
    return null;
  const documents = parseDocuments(exchange);
  for (const shape of [anthropic, gemini, converse, invocationMetrics, cohere, openai, ollama, titan, vertexPredict]) {
    const found = shape(documents);
    if (found !== null) return found;
  }
  return bedrockHeaders(exchange);
}

/** Objects under `key`, at the top or in the envelopes that streams use, in order of arrival. */
function usages(documents: readonly Json[], key: string): Json[] {
  return documents.flatMap((document) =>
    [
      document,
      document['response'],
      document['message'],
      document['interaction'],
      document['delta'],
      document['x_groq'],
    ]
      .filter(isObject)
      .map((holder) => holder[key])
      .filter(isObject),
  );
}

function merged(objects: readonly Json[]): Json | null {
  if (objects.length === 0) return null;
  const result: Record<string, unknown> = {};
  for (const object of objects) {
    for (const [key, value] of Object.entries(object)) if (value !== null) result[key] = value;
  }
  return result;
}

function anthropic(documents: readonly Json[]): Truth | null {
  const usage = merged(usages(documents, 'usage'));
  if (usage === null || !('cache_creation_input_tokens' in usage || isAnthropicMessage(documents))) return null;
  const read = count(usage['cache_read_input_tokens']);
  const write = count(usage['cache_creation_input_tokens']);
  const input = count(usage['input_tokens']);
  return {
    input_tokens: input === null ? null : input + (read ?? 0) + (write ?? 0),
    output_tokens: count(usage['output_tokens']),
    cache_read_tokens: read,
    cache_write_tokens: write,
    reasoning_tokens: count(field(usage['output_tokens_details'], 'thinking_tokens')),
  };
}

function isAnthropicMessage(documents: readonly Json[]): boolean {
  return documents.some((document) => document['type'] === 'message' || document['type'] === 'message_start');
}

/** The last object with a total decides: it restates all counts, also those that went down or away. */
function gemini(documents: readonly Json[]): Truth | null {
  const objects = usages(documents, 'usageMetadata');
  const usage = objects.findLast((object) => count(object['totalTokenCount']) !== null) ?? merged(objects);
  if (usage === null) return null;
  const prompt = count(usage['promptTokenCount']);
  const tool = count(usage['toolUsePromptTokenCount']);
  const candidates = count(usage['candidatesTokenCount']);
  const thoughts = count(usage['thoughtsTokenCount']);
  if (prompt === null && candidates === null && thoughts === null) return null;
  return {
    input_tokens: prompt === null && tool === null ? null : (prompt ?? 0) + (tool ?? 0),
    output_tokens: candidates === null && thoughts === null ? null : (candidates ?? 0) + (thoughts ?? 0),
    cache_read_tokens: count(usage['cachedContentTokenCount']),
    cache_write_tokens: null,
    reasoning_tokens: thoughts,
  };
}

function converse(documents: readonly Json[]): Truth | null {
  const usage = merged(usages(documents, 'usage').filter((object) => 'inputTokens' in object));
  if (usage === null) return null;
  const read = count(usage['cacheReadInputTokens']) ?? count(usage['cacheReadInputTokenCount']);
  const write = count(usage['cacheWriteInputTokens']) ?? count(usage['cacheWriteInputTokenCount']);
  return {
    input_tokens: (count(usage['inputTokens']) ?? 0) + (read ?? 0) + (write ?? 0),
    output_tokens: count(usage['outputTokens']),
    cache_read_tokens: read,
    cache_write_tokens: write,
    reasoning_tokens: null,
  };
}

function invocationMetrics(documents: readonly Json[]): Truth | null {
  const metrics = merged(usages(documents, 'amazon-bedrock-invocationMetrics'));
  if (metrics === null) return null;
  const read = count(metrics['cacheReadInputTokenCount']);
  const write = count(metrics['cacheWriteInputTokenCount']);
  return {
    input_tokens: (count(metrics['inputTokenCount']) ?? 0) + (read ?? 0) + (write ?? 0),
    output_tokens: count(metrics['outputTokenCount']),
    cache_read_tokens: read,
    cache_write_tokens: write,
    reasoning_tokens: null,
  };
}

function cohere(documents: readonly Json[]): Truth | null {
  const holders = [...usages(documents, 'usage'), ...usages(documents, 'meta')].filter(
    (object) => 'billed_units' in object || isObject(object['tokens']),
  );
  const usage = merged(holders);
  if (usage === null) return null;
  const stated = isObject(usage['tokens']) ? usage['tokens'] : usage['billed_units'];
  const input = count(field(stated, 'input_tokens'));
  const output = count(field(stated, 'output_tokens'));
  if (input === null && output === null) return null;
  return {
    input_tokens: input,
    output_tokens: output,
    cache_read_tokens: count(usage['cached_tokens']),
    cache_write_tokens: null,
    reasoning_tokens: null,
  };
}

function openai(documents: readonly Json[]): Truth | null {
  const known = ['prompt_tokens', 'input_tokens', 'total_tokens', 'total_input_tokens'];
  const usage = merged(usages(documents, 'usage').filter((object) => known.some((key) => count(object[key]) !== null)));
  if (usage === null) return null;
  const inputDetails = usage['prompt_tokens_details'] ?? usage['input_tokens_details'] ?? usage['input_token_details'];
  const outputDetails =
    usage['completion_tokens_details'] ?? usage['output_tokens_details'] ?? usage['output_token_details'];
  const prompt = count(usage['prompt_tokens']) ?? count(usage['input_tokens']);
  const completion = count(usage['completion_tokens']) ?? count(usage['output_tokens']);
  const total = count(usage['total_tokens']);
  const stated = count(field(outputDetails, 'reasoning_tokens'));
  const gap = prompt !== null && completion !== null && total !== null ? total - prompt - completion : 0;
  // Reasoning beside the completion (xAI), or hidden in the total (Gemini's OpenAI-like endpoint).
  const outside = gap > 0 && (stated === gap || (stated === null && isGoogle(documents))) ? gap : 0;
  return {
    input_tokens: prompt ?? (completion === null ? total : null),
    output_tokens: completion === null ? null : completion + outside,
    cache_read_tokens:
      count(field(inputDetails, 'cached_tokens')) ??
      count(usage['num_cached_tokens']) ??
      count(usage['prompt_cache_hit_tokens']) ??
      count(usage['cached_tokens']),
    cache_write_tokens: count(field(inputDetails, 'cache_write_tokens')),
    reasoning_tokens: stated ?? (outside > 0 ? outside : null),
  };
}

function isGoogle(documents: readonly Json[]): boolean {
  return documents.some((document) => String(document['model']).includes('gemini'));
}

function ollama(documents: readonly Json[]): Truth | null {
  const last = documents.findLast((document) => count(document['eval_count']) !== null);
  if (last === undefined) return null;
  return { ...NONE, input_tokens: count(last['prompt_eval_count']), output_tokens: count(last['eval_count']) };
}

function titan(documents: readonly Json[]): Truth | null {
  const document = documents.find((candidate) => count(candidate['inputTextTokenCount']) !== null);
  if (document === undefined) {
    const llama = documents.findLast((candidate) => count(candidate['generation_token_count']) !== null);
    if (llama === undefined) return null;
    const input = count(merged(documents)?.['prompt_token_count']);
    return { ...NONE, input_tokens: input, output_tokens: count(llama['generation_token_count']) };
  }
  const results = Array.isArray(document['results']) ? document['results'].filter(isObject) : [];
  const outputs = results.map((result) => count(result['tokenCount'])).filter((value) => value !== null);
  return {
    ...NONE,
    input_tokens: count(document['inputTextTokenCount']),
    output_tokens: outputs.length === 0 ? null : outputs.reduce((sum, value) => sum + value, 0),
  };
}

function vertexPredict(documents: readonly Json[]): Truth | null {
  const predictions = documents.flatMap((document) =>
    Array.isArray(document['predictions']) ? document['predictions'].filter(isObject) : [],
  );
  const counts = predictions
    .map((prediction) => count(field(field(prediction['embeddings'], 'statistics'), 'token_count')))
    .filter((value) => value !== null);
  return counts.length === 0 ? null : { ...NONE, input_tokens: counts.reduce((sum, value) => sum + value, 0) };
}

function bedrockHeaders(exchange: RecordedExchange): Truth | null {
  const header = (name: string): number | null => {
    const value = exchange.response_headers[`x-amzn-bedrock-${name}-token-count`];
    return value === undefined || !/^\d+$/.test(value) ? null : Number(value);
  };
  const input = header('input');
  if (input === null) return null;
  const read = header('cache-read-input');
  const write = header('cache-write-input');
  return {
    input_tokens: input + (read ?? 0) + (write ?? 0),
    output_tokens: header('output'),
    cache_read_tokens: read,
    cache_write_tokens: write,
    reasoning_tokens: null,
  };
}

const NONE: Truth = {
  input_tokens: null,
  output_tokens: null,
  cache_read_tokens: null,
  cache_write_tokens: null,
  reasoning_tokens: null,
};

function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : null;
}
