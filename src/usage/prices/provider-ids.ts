/** Our provider names (OpenTelemetry's) → those of the price sources. */
import { GENAI_PROVIDERS } from './genai-prices.ts';

const LIBRARY_IDS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    gemini: 'google',
    gcpgemini: 'google',
    gcpvertexai: 'google',
    gcpgenai: 'google',
    vertexai: 'google',
    vertex: 'google',
    awsbedrock: 'aws',
    bedrock: 'aws',
    amazonbedrock: 'aws',
    azureaiopenai: 'azure',
    azureaiinference: 'azure',
    azureopenai: 'azure',
    azureai: 'azure',
    mistralai: 'mistral',
    xai: 'x-ai',
    voyage: 'voyageai',
    moonshot: 'moonshotai',
    kimi: 'moonshotai',
    togetherai: 'together',
    fireworksai: 'fireworks',
    githubcopilot: 'github-copilot',
    gcptexttospeech: 'google',
    googletexttospeech: 'google',
    googlecloudtts: 'google',
    gcptts: 'google',
    zhipu: 'zhipuai',
    bigmodel: 'zhipuai',
  }),
);

const SHORT_NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries({ google: 'gemini', aws: 'bedrock', 'x-ai': 'xai' }),
);

/** Servers that somebody runs: nobody sends a bill for a call. */
const LOCAL: ReadonlySet<string> = new Set([
  'ollama',
  'vllm',
  'llamacpp',
  'lmstudio',
  'sglang',
  'tgi',
  'localai',
  'local',
]);

/** `voyage_ai`, `z_ai`: ids of the library, punctuated otherwise. */
const PLAIN_IDS: ReadonlyMap<string, string> = new Map(GENAI_PROVIDERS.map((id) => [key(id), id]));

function key(provider: string): string {
  return provider.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/**
 * The id by which price sources know a provider.
 *
 * @param upstream the provider behind a router; Hugging Face's prices are its upstreams'.
 */
export function priceProviderId(provider: string, upstream: string | null = null): string {
  const plain = key(provider);
  if (plain === 'huggingface' && upstream !== null) return `huggingface_${upstream.toLowerCase()}`;
  return LIBRARY_IDS.get(plain) ?? PLAIN_IDS.get(plain) ?? provider.toLowerCase();
}

/** Gateways that pass a call on to the provider that bills it. */
const PASS_THROUGH: ReadonlySet<string> = new Set(['pydanticgateway', 'cloudflaregateway']);

/** Whose prices a call has: a gateway that only passes it on has none of its own. */
export function billingProvider(provider: string, upstream: string | null): string {
  return upstream !== null && PASS_THROUGH.has(key(provider)) ? upstream : provider;
}

/** Services that share an id and not all prices. */
const SERVICES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    gemini: 'gcp.gemini',
    google: 'gcp.gemini',
    gcpgemini: 'gcp.gemini',
    vertex: 'gcp.vertex_ai',
    vertexai: 'gcp.vertex_ai',
    gcpvertexai: 'gcp.vertex_ai',
  }),
);

/** OpenTelemetry's name for a provider that may be named in any of the usual ways. */
export function serviceName(provider: string): string {
  return SERVICES.get(key(provider)) ?? provider;
}

/** The name that report users write, for a provider that may be named in any of the usual ways. */
export function shortProviderName(provider: string): string {
  const id = priceProviderId(provider);
  return serviceName(provider) === 'gcp.vertex_ai' ? 'vertex' : (SHORT_NAMES.get(id) ?? id);
}

/** Ollama's cloud models (`gpt-oss:120b-cloud`) are billed; all else on such a server is not. */
export function isLocal(provider: string, model: string | null): boolean {
  return LOCAL.has(key(provider)) && !(model !== null && /[-:]cloud$/i.test(model));
}
