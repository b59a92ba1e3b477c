/**
 * Servers that somebody runs: they have no host of their own (LM Studio's default port excepted) and are mapped by
 * configuration, e.g. `WIRETALLY_HOSTS=llm.internal:8000=vllm`. `openai_compatible` is for all others of that shape.
 */
import { anthropicOperations } from '../dialects/anthropic-operations.ts';
import { llamaCppCompletion } from '../dialects/llama-cpp.ts';
import { openaiOperations, post } from '../dialects/openai-operations.ts';
import { rerankUsage } from '../dialects/rerank.ts';
import { defineProvider } from '../reader/define-provider.ts';
import type { OperationSpec } from '../reader/provider-spec.ts';
import type { Provider } from './provider.ts';

function selfHosted(
  name: string,
  shortName: string,
  displayName: string,
  hosts: readonly string[] = [],
  own: readonly OperationSpec[] = [],
): Provider {
  return defineProvider({
    name,
    shortName,
    displayName,
    hosts,
    report: {
      status: 'green',
      note: 'usage is in each answer; streams state it only with stream_options.include_usage',
      link: null,
    },
    operations: [
      ...own,
      post(/\/rerank$/, 'rerank', 'rerank', rerankUsage),
      ...anthropicOperations(),
      ...openaiOperations(),
    ],
    requestIdHeaders: ['x-request-id'],
    limits: [],
  });
}

export const openaiCompatible = selfHosted('openai_compatible', 'openai-compatible', 'OpenAI-compatible server');
export const vllm = selfHosted('vllm', 'vllm', 'vLLM');
export const sglang = selfHosted('sglang', 'sglang', 'SGLang');
export const llamaCpp = selfHosted(
  'llama.cpp',
  'llama-cpp',
  'llama.cpp',
  [],
  [post(/\/completion$/, 'text_completion', 'text', llamaCppCompletion)],
);
export const lmStudio = selfHosted('lm_studio', 'lmstudio', 'LM Studio', ['localhost:1234', '127.0.0.1:1234']);
