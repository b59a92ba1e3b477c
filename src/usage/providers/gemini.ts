import { batchJob } from '../dialects/batch-job.ts';
import type { AnswerDialect } from '../dialects/batch-results.ts';
import { geminiContent, geminiEmbeddings } from '../dialects/gemini.ts';
import { geminiLive } from '../dialects/gemini-live.ts';
import { geminiInteractions, googleOperation, googlePredict, veoStart } from '../dialects/gemini-media.ts';
import { free, get, openaiOperations, post, results } from '../dialects/openai-operations.ts';
import { defineProvider } from '../reader/define-provider.ts';
import { refineGoogleError } from '../reader/google-errors.ts';
import type { OperationSpec } from '../reader/provider-spec.ts';
import { geminiSession } from '../sessions/gemini-session.ts';
import type { Provider } from './provider.ts';

/** Methods on a model: `…/models/{model}:{method}`, or `tunedModels/…`, on Gemini's host and on Vertex. */
export const googleModelOperations: readonly OperationSpec[] = [
  post(/\/(?<model>[^/]+):(?:generateContent|streamGenerateContent)$/, 'generate_content', 'text', geminiContent),
  free(/\/(?<model>[^/]+):(?:countTokens|computeTokens)$/, 'count_tokens', 'text'),
  post(/\/(?<model>[^/]+):(?:embedContent|batchEmbedContents)$/, 'embeddings', 'embedding', geminiEmbeddings),
  post(/\/(?<model>[^/]+):predict$/, 'image', 'image', googlePredict),
  post(/\/(?<model>[^/]+):predictLongRunning$/, 'video', 'video', veoStart),
  {
    ...post(/\/(?<model>[^/]+):fetchPredictOperation$/, 'video', 'video', googleOperation),
    kind: 'restated',
  },
  post(/\/(?<model>[^/]+):(?:batchGenerateContent|asyncBatchEmbedContent)$/, 'batch', 'text', batchJob),
  {
    ...post(/\.BidiGenerateContent(?:Constrained)?$/, 'realtime', 'text', geminiLive),
    method: '*',
    session: geminiSession,
  },
];

const geminiLine: AnswerDialect = (answer) => ('embedding' in answer ? geminiEmbeddings : geminiContent);

export const gemini = defineProvider({
  name: 'gcp.gemini',
  shortName: 'gemini',
  displayName: 'Google Gemini',
  hosts: ['generativelanguage.googleapis.com'],
  report: {
    status: 'blue',
    note: 'no usage endpoint and no limit headers: check by hand; the ledger is the primary record',
    link: 'https://aistudio.google.com/usage',
    checks: [
      'Google AI Studio Console (https://aistudio.google.com/usage)',
      'Google Cloud Console Quotas',
      'Limits of your project (https://aistudio.google.com/rate-limit)',
    ],
  },
  operations: [
    // Google's own paths first: `/v1beta/openai/…` holds the OpenAI-like ones.
    ...googleModelOperations,
    { ...get(/\/operations\/[^/]+$/, googleOperation), operation: 'video', serviceType: 'video' },
    { ...get(/\/v1[^/]*\/batches\/[^/]+$/, batchJob), operation: 'batch' },
    results(/\/files\/[^/]+:download$/, geminiLine),
    post(/\/interactions$/, 'chat', 'text', geminiInteractions),
    get(/\/interactions\/[^/]+$/, geminiInteractions),
    { ...post(/\/interactions\/[^/]+\/cancel$/, 'retrieve', 'text', geminiInteractions), kind: 'restated' },
    ...openaiOperations({ chat: { streamUsage: 'on-request', reasoning: 'hidden' } }),
  ],
  requestIdHeaders: [],
  limits: [],
  refine: refineGoogleError,
}) satisfies Provider;
