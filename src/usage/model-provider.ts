/** Whose a model is, where the caller names the model alone. */
import { providers } from './providers/index.ts';

/** By the beginning of the model's name. Only names that one provider uses; others stay unknown. */
const FAMILIES: readonly (readonly [pattern: RegExp, provider: string])[] = [
  [/^(?:gemini|imagen|veo|gemma|learnlm|models\/)/, 'gcp.gemini'],
  [/^(?:gpt-(?!oss)|chatgpt|o\d(?:-|$)|dall-e|tts-|whisper-1|text-embedding-(?:3|ada)|sora|omni-moderation)/, 'openai'],
  [/^claude/, 'anthropic'],
  [/^(?:command|embed-|rerank-|c4ai)/, 'cohere'],
  [/^(?:mistral|ministral|magistral|codestral|pixtral|devstral|voxtral)/, 'mistral_ai'],
  [/^deepseek/, 'deepseek'],
  [/^grok/, 'x_ai'],
  [/^sonar/, 'perplexity'],
];

export const UNKNOWN_PROVIDER = 'unknown';

/**
 * @param stated the provider as the caller names it (`gemini`, `gcp.gemini`), if they do.
 * @returns OpenTelemetry's name, and the model without a provider in front (`openai/gpt-4o`).
 */
export function providerOfModel(
  stated: string | null,
  model: string | null,
): { readonly provider: string; readonly model: string | null } {
  if (stated !== null) return { provider: byName(stated) ?? stated, model };
  if (model === null) return { provider: UNKNOWN_PROVIDER, model };
  const slash = model.indexOf('/');
  const prefix = slash > 0 ? byName(model.slice(0, slash)) : null;
  if (prefix !== null) return { provider: prefix, model: model.slice(slash + 1) };
  const lower = model.toLowerCase();
  const family = FAMILIES.find(([pattern]) => pattern.test(lower));
  return { provider: family?.[1] ?? UNKNOWN_PROVIDER, model };
}

function byName(name: string): string | null {
  const wanted = name.toLowerCase();
  return providers.find(({ name: full, shortName }) => full === wanted || shortName === wanted)?.name ?? null;
}
