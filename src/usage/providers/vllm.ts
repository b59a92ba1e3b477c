import { selfHostedOpenai } from '../dialects/self-hosted-openai.ts';
import type { Provider } from './provider.ts';

export const vllm = selfHostedOpenai({
  name: 'vllm',
  shortName: 'vllm',
  displayName: 'vLLM',
}) satisfies Provider;
