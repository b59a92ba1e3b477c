import { count, identifier, object } from '../body/fields.ts';
import type { JsonObject } from '../body/fields.ts';
import { openaiChat } from '../dialects/openai-chat.ts';
import type { OpenaiChatOptions } from '../dialects/openai-chat.ts';
import { openaiEmbeddings } from '../dialects/openai-embeddings.ts';
import { get, openaiOperations, post } from '../dialects/openai-operations.ts';
import { openaiResponses } from '../dialects/openai-responses.ts';
import { countedAs } from '../dialects/simple.ts';
import { usd } from '../reader/decimal.ts';
import { defineProvider } from '../reader/define-provider.ts';
import type { CallInfo, Findings } from '../reader/findings.ts';
import type { Provider } from './provider.ts';

/** Sonar: reasoning is billed on top of the completion, which the total does not show. */
const SONAR: OpenaiChatOptions = {
  streamUsage: 'always',
  conclude(usage, found) {
    const reasoning = count(usage['reasoning_tokens']);
    const completion = count(usage['completion_tokens']);
    if (reasoning !== null && completion !== null) found.tokens = { ...found.tokens, output: completion + reasoning };
    found.size = identifier(usage['search_context_size']) ?? found.size;
  },
};

export const perplexity = defineProvider({
  name: 'perplexity',
  shortName: 'perplexity',
  displayName: 'Perplexity',
  hosts: ['api.perplexity.ai'],
  report: {
    status: 'green',
    note: 'usage and cost are in each answer',
    link: 'https://console.perplexity.ai',
    limits: {
      publishedOn: '2026-11-22',
      plan: 'tier 0, sonar models',
      limits: [{ count: 50, unit: 'requests', per: 'minute' }],
    },
  },
  operations: [
    post(/\/async\/chat\/completions$/, 'chat', 'text', asyncSonar()),
    get(/\/async\/chat\/completions\/[^/]+$/, asyncSonar()),
    post(/\/agent$/, 'chat', 'text', openaiResponses()),
    post(/\/contextualizedembeddings$/, 'embeddings', 'embedding', openaiEmbeddings),
    post(/\/search$/, 'search', 'search', countedAs('searches')),
    ...openaiOperations({ chat: SONAR }),
  ],
  requestIdHeaders: ['x-request-id'],
  limits: [],
  refine: refinePerplexity,
}) satisfies Provider;

/** The job wraps the answer once it is there. */
function asyncSonar(): ReturnType<typeof openaiChat> {
  const sonar = openaiChat(SONAR);
  return {
    wants: null,
    start(call, found) {
      const inner = sonar.start(call, found);
      let id: string | null = null;
      return {
        observe(part, name) {
          id = identifier(part['id']) ?? id;
          const answer = object(part['response']);
          if (answer !== null) inner.observe(answer, name);
        },
        conclude() {
          inner.conclude?.();
          found.responseId = id;
          found.pending = found.usage === null;
        },
      };
    },
  };
}

function refinePerplexity(_call: CallInfo, found: Findings): void {
  const { usage } = found;
  if (usage === null) return;
  const cost = object(usage['cost']);
  const currency = cost?.['currency'] ?? 'USD';
  if (currency === 'USD') found.costReportedUsd = usd(cost?.['total_cost']);
  const searches =
    count(usage['num_search_queries']) ?? invocations(usage, 'web_search') ?? invocations(usage, 'search_web');
  const fetches = invocations(usage, 'fetch_url');
  if (searches !== null && searches > 0) found.units.searches = searches;
  if (fetches !== null && fetches > 0) found.units.fetches = fetches;
}

function invocations(usage: JsonObject, tool: string): number | null {
  return count(object(object(usage['tool_calls_details'])?.[tool])?.['invocation']);
}
