/** The paths of Anthropic's API as operations; other hosts serve some of them. */
import type { OperationSpec } from '../reader/provider-spec.ts';
import { anthropicMessages } from './anthropic.ts';
import { batchJob } from './batch-job.ts';
import { free, get, post, results } from './openai-operations.ts';

export function anthropicOperations(): OperationSpec[] {
  return [
    free(/\/messages\/count_tokens$/, 'count_tokens', 'text'),
    post(/\/messages$/, 'chat', 'text', anthropicMessages),
    // The legacy endpoint states no usage.
    post(/\/v1\/complete$/, 'text_completion', 'text', anthropicMessages),
    post(/\/messages\/batches$/, 'batch', 'text', batchJob),
    results(/\/messages\/batches\/[^/]+\/results$/, () => anthropicMessages),
    { ...get(/\/messages\/batches\/[^/]+$/, batchJob), operation: 'batch' },
    { ...post(/\/messages\/batches\/[^/]+\/cancel$/, 'batch', 'text', batchJob), kind: 'restated' },
  ];
}
