import { anthropicOperations } from '../dialects/anthropic-operations.ts';
import { openaiOperations, post } from '../dialects/openai-operations.ts';
import { rerankUsage } from '../dialects/rerank.ts';
import { usd } from '../reader/decimal.ts';
import { defineProvider } from '../reader/define-provider.ts';
import type { CallInfo, Findings } from '../reader/findings.ts';
import { googleModelOperations } from './gemini.ts';
import type { Provider } from './provider.ts';

/** A proxy that somebody runs: mapped by configuration. It states the cost in a header. */
export const litellm = defineProvider({
  name: 'litellm',
  shortName: 'litellm',
  displayName: 'LiteLLM proxy',
  hosts: [],
  report: { status: 'green', note: 'usage is in each answer, cost in its headers', link: null },
  operations: [
    post(/\/rerank$/, 'rerank', 'rerank', rerankUsage),
    ...anthropicOperations(),
    ...googleModelOperations,
    ...openaiOperations(),
  ],
  requestIdHeaders: ['x-litellm-call-id', 'x-request-id'],
  limits: [],
  refine: refineLitellm,
}) satisfies Provider;

function refineLitellm(call: CallInfo, found: Findings): void {
  const headers = call.exchange.response?.headers ?? {};
  const cost = headers['x-litellm-response-cost'];
  // Python writes small costs as 4.5e-06.
  found.costReportedUsd = cost === undefined || cost.trim() === '' ? null : usd(Number(cost));
}
