/** How a model is called in reports: the price data's name, in its maker's spelling. */
import { baseModel } from './base.ts';
import { priceProviderId, serviceName } from './provider-ids.ts';

/** Names that the data has wrong, or gives to several models. */
const OVERRIDES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'o1-mini': 'o1-mini',
    'o3-mini': 'o3-mini',
    'o4-mini': 'o4-mini',
    'gpt-4-32k': 'GPT-4 32k',
    'text-embedding-3-small': 'text-embedding-3-small',
    'text-embedding-3-large': 'text-embedding-3-large',
    'text-embedding-ada-002': 'text-embedding-ada-002',
  }),
);

/** Written small by those who name them. */
const SMALL: ReadonlySet<string> = new Set(['mini', 'nano']);

/**
 * @param provider in any of the usual spellings (`openai`, `gcp.gemini`, `gemini`).
 * @returns the model's id where no name is known.
 */
export function modelDisplayName(provider: string, model: string): string {
  const base = baseModel(priceProviderId(provider), serviceName(provider), model);
  return base === null ? model : (displayName(base.model, base.name) ?? model);
}

/** @param name as the price data has it. */
export function displayName(model: string, name: string | null): string | null {
  return OVERRIDES.get(model) ?? (name === null ? null : spelled(name));
}

/** `gpt 4o mini` → `GPT-4o mini`, `gemini 2.0 flash` → `Gemini 2.0 Flash`. */
function spelled(name: string): string {
  const gpt = /^gpt (\S+)(.*)$/.exec(name);
  if (gpt !== null) return `GPT-${gpt[1] ?? ''}${capitals(gpt[2] ?? '')}`;
  return name.startsWith('gemini ') ? capitals(name) : name;
}

function capitals(text: string): string {
  return text.replace(/[a-z]+/g, (word) => (SMALL.has(word) ? word : word.charAt(0).toUpperCase() + word.slice(1)));
}
