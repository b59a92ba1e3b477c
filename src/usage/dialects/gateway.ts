/**
 * Gateways that pass another provider's API through below a path of their own, which names the provider:
 * `/proxy/openai/chat/completions`, `/anthropic/v1/messages`. The upstream's reader reads; the gateway gives its name.
 */
import type { Exchange } from '../exchange.ts';
import type { Reading } from '../record.ts';
import { anthropic } from '../providers/anthropic.ts';
import { azureOpenai } from '../providers/azure-openai.ts';
import { bedrock } from '../providers/bedrock.ts';
import { cerebras } from '../providers/cerebras.ts';
import { cohere } from '../providers/cohere.ts';
import { deepseek } from '../providers/deepseek.ts';
import { gemini } from '../providers/gemini.ts';
import { groq } from '../providers/groq.ts';
import { huggingface } from '../providers/huggingface.ts';
import { mistral } from '../providers/mistral.ts';
import { openai } from '../providers/openai.ts';
import { openrouter } from '../providers/openrouter.ts';
import { perplexity } from '../providers/perplexity.ts';
import type { Provider, Route } from '../providers/provider.ts';
import { openaiCompatible } from '../providers/openai-compatible.ts';
import { vertex } from '../providers/vertex.ts';
import { xai } from '../providers/xai.ts';

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

export interface GatewayOptions {
  readonly name: string;
  readonly shortName: string;
  readonly displayName: string;
  readonly hosts: readonly string[];
  readonly link: string | null;
}

export function gateway(options: GatewayOptions): Provider {
  const { name, shortName, displayName, hosts, link } = options;
  return {
    name,
    shortName,
    displayName,
    hosts,
    report: { status: 'green', note: 'usage is in each answer, in the shape of the provider behind', link },
    route: (method: string, url: URL): Route => (upstreamOf(url) ?? openaiCompatible).route(method, url),
    results: (method: string, url: URL) => (upstreamOf(url) ?? openaiCompatible).results?.(method, url) ?? null,
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
