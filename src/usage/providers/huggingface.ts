import { identifier } from '../body/fields.ts';
import { openaiOperations, post } from '../dialects/openai-operations.ts';
import { idsOnly } from '../dialects/simple.ts';
import { usd } from '../reader/decimal.ts';
import { defineProvider } from '../reader/define-provider.ts';
import type { CallInfo, Findings } from '../reader/findings.ts';
import type { Provider } from './provider.ts';

export const huggingface = defineProvider({
  name: 'huggingface',
  shortName: 'huggingface',
  displayName: 'Hugging Face',
  hosts: ['router.huggingface.co', 'api-inference.huggingface.co'],
  report: {
    status: 'green',
    note: 'usage is in each answer, in the shape of the provider behind',
    link: 'https://huggingface.co/settings/billing',
  },
  operations: [
    ...openaiOperations({ chat: { streamUsage: 'always' } }),
    post(/\/hf-inference\/models\/(?<model>[^/]+\/[^/]+)(?:\/pipeline\/[^/]+)?$/, 'other', 'other', idsOnly),
  ],
  requestIdHeaders: ['x-request-id', 'inference-id'],
  limits: [],
  refine: refineHuggingface,
}) satisfies Provider;

function refineHuggingface(call: CallInfo, found: Findings): void {
  const path = /^\/([a-z][a-z-]+)\/(?!chat|completions|models|embeddings)/.exec(call.url.pathname)?.[1];
  found.upstreamProvider =
    identifier(call.exchange.response?.headers['x-inference-provider']) ??
    (path === undefined || path === 'v1' ? null : path);
  // DeepInfra's own reckoning.
  found.costReportedUsd = usd(found.usage?.['estimated_cost']);
}
