import { count, elements, identifier, object, wholeObject } from '../body/fields.ts';
import type { JsonObject } from '../body/fields.ts';
import { anthropicOperations } from '../dialects/anthropic-operations.ts';
import { anthropicTokens } from '../dialects/anthropic.ts';
import { geminiTokens } from '../dialects/gemini.ts';
import type { OpenaiChatOptions } from '../dialects/openai-chat.ts';
import { openaiOperations, post } from '../dialects/openai-operations.ts';
import { languageModel } from '../dialects/vercel-language-model.ts';
import { usd } from '../reader/decimal.ts';
import { defineProvider } from '../reader/define-provider.ts';
import type { CallInfo, Findings } from '../reader/findings.ts';
import type { TokenCounts } from '../record.ts';
import type { Provider } from './provider.ts';

/**
 * Reasoning is in the completion for some upstreams and beside it for others (Gemini), and the total does not tell; the
 * upstream's own usage, where the answer holds a copy, does.
 */
const CHAT: OpenaiChatOptions = {
  streamUsage: 'on-request',
  also(part, found) {
    found.responseId = identifier(part['generationId']) ?? found.responseId;
    for (const choice of elements(part, 'choices')) {
      const holder = object(choice['message']) ?? object(choice['delta']);
      noteMetadata(object(holder?.['provider_metadata']), found);
    }
    noteMetadata(object(part['provider_metadata']), found);
  },
  conclude(usage, found) {
    const upstream = upstreamTokens(usage);
    if (upstream !== null) {
      found.tokens = { ...found.tokens, ...stated(upstream), total: found.tokens.total ?? null };
      return;
    }
    const completion = count(usage['completion_tokens']);
    const { output = null, reasoning = null } = found.tokens;
    if (completion === null || reasoning === null || output !== completion) return;
    const beside = reasoning > completion || isGoogle(found);
    if (beside) found.tokens = { ...found.tokens, output: completion + reasoning };
  },
};

export const vercel = defineProvider({
  name: 'vercel',
  shortName: 'vercel',
  displayName: 'Vercel AI Gateway',
  hosts: ['ai-gateway.vercel.sh'],
  report: { status: 'green', note: 'usage and cost are in each answer', link: 'https://vercel.com/ai-gateway' },
  operations: [
    post(/\/ai\/language-model$/, 'chat', 'text', languageModel),
    ...anthropicOperations(),
    ...openaiOperations({ chat: CHAT }),
  ],
  requestIdHeaders: ['x-vercel-id', 'x-request-id'],
  limits: [],
  refine: refineVercel,
}) satisfies Provider;

function noteMetadata(metadata: JsonObject | null, found: Findings): void {
  if (metadata === null) return;
  const gateway = object(metadata['gateway']);
  found.upstreamProvider = identifier(object(gateway?.['routing'])?.['finalProvider']) ?? found.upstreamProvider;
  const searches = count(gateway?.['billableWebSearchCalls']);
  if (searches !== null && searches > 0) found.units.searches = searches;
  const anthropic = wholeObject(object(metadata['anthropic'])?.['usage']);
  const google = wholeObject((object(metadata['google']) ?? object(metadata['vertex']))?.['usageMetadata']);
  if (anthropic !== null || google !== null)
    found.usage = { ...found.usage, ...(anthropic && { anthropic }), ...(google && { google }) };
  found.costReportedUsd = usd(gateway?.['cost']) ?? found.costReportedUsd;
}

function upstreamTokens(usage: JsonObject): Partial<TokenCounts> | null {
  const anthropic = wholeObject(usage['anthropic']);
  if (anthropic !== null) return anthropicTokens(anthropic);
  const google = wholeObject(usage['google']);
  return google === null ? null : geminiTokens(google);
}

function stated(tokens: Partial<TokenCounts>): Partial<TokenCounts> {
  return Object.fromEntries(Object.entries(tokens).filter(([, value]) => value !== null));
}

function isGoogle(found: Findings): boolean {
  return (
    /google|vertex/.test(found.upstreamProvider ?? '') ||
    /^google\//.test(found.requestModel ?? found.responseModel ?? '') ||
    /^google\//.test(found.responseModel ?? '')
  );
}

function refineVercel(_call: CallInfo, found: Findings): void {
  const { usage } = found;
  if (usage === null) return;
  found.costReportedUsd = usd(usage['cost']) ?? found.costReportedUsd;
  found.costUpstreamUsd = usd(object(usage['cost_details'])?.['upstream_inference_cost']);
}
