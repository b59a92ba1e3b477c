import { anthropicMessages } from '../dialects/anthropic.ts';
import { batchJob } from '../dialects/batch-job.ts';
import { geminiInteractions, googleOperation } from '../dialects/gemini-media.ts';
import { openaiChat } from '../dialects/openai-chat.ts';
import { free, get, openaiOperations, post } from '../dialects/openai-operations.ts';
import { defineProvider } from '../reader/define-provider.ts';
import type { CallInfo, Findings } from '../reader/findings.ts';
import { refineGoogleError } from '../reader/google-errors.ts';
import { googleModelOperations } from './gemini.ts';
import type { Provider } from './provider.ts';

export const vertex = defineProvider({
  name: 'gcp.vertex_ai',
  shortName: 'vertex',
  displayName: 'Google Vertex AI',
  hosts: ['aiplatform.googleapis.com', '*-aiplatform.googleapis.com', 'aiplatform.*.rep.googleapis.com'],
  report: {
    status: 'blue',
    note: 'no usage endpoint and no limit headers: check the billing export; the ledger is the primary record',
    link: 'https://console.cloud.google.com/vertex-ai',
  },
  operations: [
    // Partner models keep their vendor's shapes.
    free(/\/publishers\/anthropic\/models\/(?<model>count-tokens):rawPredict$/, 'count_tokens', 'text'),
    post(
      /\/publishers\/anthropic\/models\/(?<model>[^/]+):(?:rawPredict|streamRawPredict)$/,
      'chat',
      'text',
      anthropicMessages,
    ),
    post(
      /\/models\/(?<model>[^/]+):(?:rawPredict|streamRawPredict)$/,
      'chat',
      'text',
      openaiChat({ streamUsage: 'always' }),
    ),
    ...googleModelOperations,
    { ...get(/\/operations\/[^/]+$/, googleOperation), operation: 'video', serviceType: 'video' },
    post(/\/batchPredictionJobs$/, 'batch', 'text', batchJob),
    { ...get(/\/batchPredictionJobs\/[^/]+$/, batchJob), operation: 'batch' },
    post(/\/interactions$/, 'chat', 'text', geminiInteractions),
    get(/\/interactions\/[^/]+$/, geminiInteractions),
    ...openaiOperations({ chat: { streamUsage: 'on-request', reasoning: 'hidden' } }),
  ],
  requestIdHeaders: ['request-id'],
  limits: [],
  refine: refineVertex,
}) satisfies Provider;

function refineVertex(call: CallInfo, found: Findings): void {
  found.region =
    /\/locations\/([a-z0-9-]+)\//.exec(call.url.pathname)?.[1] ??
    /^([a-z0-9-]+)-aiplatform\./.exec(call.url.hostname)?.[1] ??
    found.region;
  refineGoogleError(call, found);
}
