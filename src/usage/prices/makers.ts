/**
 * OpenRouter passes the makers' prices on. Where only the maker serves a model, the maker's price is dated and complete,
 * while the base has one undated price for OpenRouter: it was off for prices that changed and for cached input.
 */
const MAKERS: readonly { readonly author: RegExp; readonly provider: string; readonly name: string }[] = [
  { author: /^openai\/(?!gpt-oss)/, provider: 'openai', name: 'openai' },
  { author: /^anthropic\//, provider: 'anthropic', name: 'anthropic' },
  { author: /^google\/(?=gemini-)/, provider: 'google', name: 'gcp.gemini' },
  { author: /^x-ai\//, provider: 'x-ai', name: 'x-ai' },
];

/** @returns null where the model is open, or its variant is free, or the provider is no router. */
export function makerOf(
  provider: string,
  model: string,
): { readonly provider: string; readonly name: string; readonly model: string } | null {
  const id = model.toLowerCase();
  if (provider !== 'openrouter' || id.endsWith(':free')) return null;
  const maker = MAKERS.find(({ author }) => author.test(id));
  if (maker === undefined) return null;
  return { provider: maker.provider, name: maker.name, model: id.replace(maker.author, '').replace(/:[a-z]+$/, '') };
}
