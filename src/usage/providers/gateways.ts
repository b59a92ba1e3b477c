/**
 * Gateways that pass another provider's API through below a path of their own, which names the provider:
 * `/proxy/openai/chat/completions`, `/anthropic/v1/messages`. The upstream's reader reads; the gateway gives its name.
 */
import type { Exchange } from '../exchange.ts';
import type { Reading } from '../record.ts';
import { anthropic } from './anthropic.ts';
import { azureOpenai } from './azure-openai.ts';
import { bedrock } from './bedrock.ts';
import { cerebras } from './cerebras.ts';
import { cohere } from './cohere.ts';
import { deepseek } from './deepseek.ts';
import { gemini } from './gemini.ts';
import { groq } from './groq.ts';
import { huggingface } from './huggingface.ts';
import { mistral } from './mistral.ts';
import { openai } from './openai.ts';
import { openrouter } from './openrouter.ts';
import { perplexity } from './perplexity.ts';
import type { Provider, Route } from './provider.ts';
import { openaiCompatible } from './self-hosted.ts';
import { vertex } from './vertex.ts';
import { xai } from './xai.ts';

/** As gateways write them in paths. */
const SEGMENTS: ReadonlyMap<string, Provider> = new Map([
  ['openai', openai],
  ['anthropic', anthropic],
  ['google-ai-studio', gemini],
  ['gemini', gemini],
  ['google', gemini],
  ['google-gla', gemini],
  ['google-vertex', vertex],
  ['google-vertex-ai', vertex],
  ['vertex', vertex],
  ['bedrock', bedrock],
  ['aws-bedrock', bedrock],
  ['azure', azureOpenai],
  ['azure-openai', azureOpenai],
  ['groq', groq],
  ['cerebras', cerebras],
  ['cerebras-ai', cerebras],
  ['cohere', cohere],
  ['mistral', mistral],
  ['deepseek', deepseek],
  ['grok', xai],
  ['xai', xai],
  ['openrouter', openrouter],
  ['perplexity', perplexity],
  ['perplexity-ai', perplexity],
  ['huggingface', huggingface],
]);

interface GatewayOptions {
  readonly name: string;
  readonly shortName: string;
  readonly displayName: string;
  readonly hosts: readonly string[];
  readonly link: string | null;
}

function gateway(options: GatewayOptions): Provider {
  const { name, shortName, displayName, hosts, link } = options;
  return {
    name,
    shortName,
    displayName,
    hosts,
    report: { status: 'green', note: 'usage is in each answer, in the shape of the provider behind', link },
    route: (method: string, url: URL): Route => (upstreamOf(url) ?? openaiCompatible).route(method, url),
    session: (method: string, url: URL) => (upstreamOf(url) ?? openaiCompatible).session?.(method, url) ?? null,
    read(exchange: Exchange, url: URL): Reading {
      const upstream = upstreamOf(url);
      const reading = (upstream ?? openaiCompatible).read(exchange, url);
      return { ...reading, provider: name, upstreamProvider: upstream?.name ?? reading.upstreamProvider };
    },
  };
}

/** The first segment that names a provider: what stands before it is the gateway's (account, project, `proxy`). */
function upstreamOf(url: URL): Provider | null {
  for (const segment of url.pathname.split('/', MAX_SEGMENTS)) {
    const found = SEGMENTS.get(segment);
    if (found !== undefined) return found;
  }
  return null;
}

const MAX_SEGMENTS = 8;

export const pydanticGateway = gateway({
  name: 'pydantic_gateway',
  shortName: 'pydantic-gateway',
  displayName: 'Pydantic AI Gateway',
  hosts: ['gateway.pydantic.dev', 'gateway-*.pydantic.dev'],
  link: 'https://gateway.pydantic.dev',
});
export const cloudflareGateway = gateway({
  name: 'cloudflare_gateway',
  shortName: 'cloudflare-gateway',
  displayName: 'Cloudflare AI Gateway',
  hosts: ['gateway.ai.cloudflare.com'],
  link: 'https://dash.cloudflare.com',
});
