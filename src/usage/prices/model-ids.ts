/** The many spellings of one model → the ids by which a price source may know it, most specific first. */

const PATH_PREFIXES = /^(?:models|tunedmodels|publishers\/[^/]+\/models|projects\/.*\/models)\//;
const BEDROCK_GEOGRAPHY = /^(?:us|eu|apac|au|jp|ca|sa|in|us-gov|global)\.(?=[a-z0-9-]+\.)/;
const BEDROCK_VERSION = /(?:-v\d+)?:\d+(?::\w+)?$/;
/** Routing hints of OpenRouter and Hugging Face; `:free` is not among them: it is another price. */
const ROUTING = /:(?:nitro|online|floor|exacto|beta|thinking|fastest|cheapest)$/;
const DATE = /[-@](?:20\d{2}-\d{2}-\d{2}|20\d{6}|\d{2}-20\d{2})$/;
const ALIAS = /(?:-latest|-001|-002|@latest|@default)$/;

/**
 * @param priceProvider see `priceProviderId`.
 * @returns lower-case ids without repetition. A fine-tuned model is never read as its base: it has another price.
 */
export function modelCandidates(priceProvider: string, model: string): readonly string[] {
  const first = model.trim().toLowerCase();
  const found = new Set<string>([first]);
  const grow = (change: (id: string) => string): void => {
    for (const id of found) {
      const changed = change(id);
      if (changed !== '' && changed !== id) found.add(changed);
    }
  };
  grow((id) => id.replace(PATH_PREFIXES, ''));
  if (priceProvider === 'aws') {
    // arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-…
    grow((id) => (id.startsWith('arn:') ? id.slice(id.lastIndexOf('/') + 1) : id));
    grow((id) => id.replace(BEDROCK_GEOGRAPHY, ''));
    grow((id) => id.replace(BEDROCK_VERSION, ''));
    // The OpenAI-like endpoints leave the version out.
    grow((id) => id.replace(/^(openai\.gpt-oss-\d+b)$/, '$1-1:0'));
  } else {
    grow((id) => id.replace(ROUTING, ''));
  }
  // Vertex' OpenAI-like endpoint names the publisher.
  if (priceProvider === 'google') grow((id) => id.replace(/^google\//, ''));
  if (priceProvider === 'fireworks') {
    grow((id) => (id.includes('/') ? id : `accounts/fireworks/models/${id}`));
  }
  // `llama3.3-70b` and `llama-3.3-70b` are both in use at Cerebras.
  if (priceProvider === 'cerebras') grow((id) => id.replace(/^llama(?=\d)/, 'llama-'));
  if (priceProvider.startsWith('huggingface')) grow((id) => id.replace(/:[a-z-]+$/, ''));
  if (first.startsWith('ft:')) return [...found];
  grow((id) => id.replace(DATE, ''));
  grow((id) => id.replace(ALIAS, ''));
  return [...found];
}

/** OpenRouter's free variants. The price is in the id itself. */
export function isFreeVariant(priceProvider: string, model: string): boolean {
  return priceProvider === 'openrouter' && (/:free$/i.test(model) || model.toLowerCase() === 'openrouter/free');
}
