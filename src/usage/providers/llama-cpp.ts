import { selfHostedOpenai } from '../dialects/self-hosted-openai.ts';
import { llamaCppCompletion } from '../dialects/llama-cpp.ts';
import { post } from '../dialects/openai-operations.ts';
import type { Provider } from './provider.ts';

export const llamaCpp = selfHostedOpenai({
  name: 'llama.cpp',
  shortName: 'llama-cpp',
  displayName: 'llama.cpp',
  own: [post(/\/completion$/, 'text_completion', 'text', llamaCppCompletion)],
}) satisfies Provider;
