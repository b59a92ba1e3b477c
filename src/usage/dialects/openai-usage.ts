/** OpenAI's usage object in all its spellings → token counts. Chat, responses, images, audio and their imitators. */
import { count, firstCount, object } from '../body/fields.ts';
import type { JsonObject } from '../body/fields.ts';
import type { TokenCounts } from '../record.ts';

/**
 * How a provider counts reasoning.
 *
 * - `inside`: in the completion tokens (OpenAI and most). Where the total shows that it is beside them, it is added.
 * - `beside`: not in them (xAI chat).
 * - `hidden`: not stated; what the total has more than its parts (Gemini's OpenAI-like endpoint).
 */
export type ReasoningRule = 'inside' | 'beside' | 'hidden';

export function openaiTokens(usage: JsonObject, rule: ReasoningRule = 'inside'): Partial<TokenCounts> {
  const inputDetails = firstObject(usage, INPUT_DETAILS);
  const outputDetails = firstObject(usage, OUTPUT_DETAILS);
  const stated = firstCount(usage['prompt_tokens'], usage['input_tokens']);
  const completion = firstCount(usage['completion_tokens'], usage['output_tokens']);
  const total = count(usage['total_tokens']);
  const cacheRead = firstCount(
    inputDetails?.['cached_tokens'],
    inputDetails?.['cache_read_input_tokens'],
    usage['num_cached_tokens'],
    usage['prompt_cache_hit_tokens'],
    usage['cached_tokens'],
    usage['cache_read_input_tokens'],
  );
  const cacheWrite = firstCount(
    inputDetails?.['cache_write_tokens'],
    inputDetails?.['cache_creation_input_tokens'],
    inputDetails?.['cache_creation_tokens'],
    usage['cache_creation_input_tokens'],
  );
  // Cached tokens are part of the prompt everywhere; where they are more than it, they were counted beside it. Their sum
  // may be more than it: a router's call of several steps reads what it wrote.
  const [read, written] = [cacheRead ?? 0, cacheWrite ?? 0];
  const input = stated !== null && Math.max(read, written) > stated ? stated + read + written : stated;
  const { output, reasoning } = withReasoning(
    rule,
    stated,
    completion,
    total,
    firstCount(outputDetails?.['reasoning_tokens'], usage['reasoning_tokens']),
  );
  const cachedDetails = object(inputDetails?.['cached_tokens_details']);
  return {
    input,
    output,
    total,
    cacheRead,
    cacheWrite,
    reasoning,
    inputAudio: count(inputDetails?.['audio_tokens']),
    inputImage: count(inputDetails?.['image_tokens']),
    inputVideo: count(inputDetails?.['video_tokens']),
    outputAudio: count(outputDetails?.['audio_tokens']),
    outputImage: count(outputDetails?.['image_tokens']),
    outputVideo: count(outputDetails?.['video_tokens']),
    cacheReadAudio: count(cachedDetails?.['audio_tokens']),
  };
}

/** Is this a usage object with tokens, and not one of timings or a duration? */
export function hasTokens(usage: JsonObject): boolean {
  return TOKEN_KEYS.some((key) => count(usage[key]) !== null);
}

const TOKEN_KEYS = [
  'prompt_tokens',
  'input_tokens',
  'completion_tokens',
  'output_tokens',
  'total_tokens',
  'prompt_cache_hit_tokens',
];
// Assistants spell `prompt_token_details`, realtime and transcription `input_token_details`, Writer both in the singular.
const INPUT_DETAILS = ['prompt_tokens_details', 'input_tokens_details', 'input_token_details', 'prompt_token_details'];
const OUTPUT_DETAILS = [
  'completion_tokens_details',
  'output_tokens_details',
  'output_token_details',
  'completion_token_details',
];

function firstObject(usage: JsonObject, keys: readonly string[]): JsonObject | null {
  for (const key of keys) {
    const found = object(usage[key]);
    if (found !== null) return found;
  }
  return null;
}

function withReasoning(
  rule: ReasoningRule,
  input: number | null,
  completion: number | null,
  total: number | null,
  reasoning: number | null,
): { output: number | null; reasoning: number | null } {
  const gap = total === null || input === null || completion === null ? null : total - input - completion;
  if (rule === 'hidden' && reasoning === null) {
    if (gap !== null && gap > 0) return { output: (completion ?? 0) + gap, reasoning: gap };
    return { output: completion, reasoning: null };
  }
  if (completion === null || reasoning === null || reasoning === 0) return { output: completion, reasoning };
  // total = prompt + completion + reasoning says it of itself; without a total, the provider's rule decides.
  const beside = gap === null ? rule === 'beside' : gap === reasoning;
  return { output: beside ? completion + reasoning : completion, reasoning };
}
