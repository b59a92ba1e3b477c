/** The paths of Anthropic's API as operations; other hosts serve some of them. */
import type { OperationSpec } from '../reader/provider-spec.ts';
import { anthropicMessages, anthropicTokens } from './anthropic.ts';
import { batchJob, batchResults } from './batch.ts';
import { free, get, post } from './openai-operations.ts';

export function anthropicOperations(): OperationSpec[] {
  return [
    free(/\/messages\/count_tokens$/, 'count_tokens', 'text'),
    post(/\/messages$/, 'chat', 'text', anthropicMessages),
    // The legacy endpoint states no usage.
    post(/\/v1\/complete$/, 'text_completion', 'text', anthropicMessages),
    post(/\/messages\/batches$/, 'batch', 'text', batchJob),
    { ...get(/\/messages\/batches\/[^/]+\/results$/, batchResults(anthropicTokens)), operation: 'batch' },
    { ...get(/\/messages\/batches\/[^/]+$/, batchJob), operation: 'batch' },
    { ...post(/\/messages\/batches\/[^/]+\/cancel$/, 'batch', 'text', batchJob), kind: 'restated' },
  ];
}
