import { selfHostedOpenai } from '../dialects/self-hosted-openai.ts';
import type { Provider } from './provider.ts';

export const sglang = selfHostedOpenai({
  name: 'sglang',
  shortName: 'sglang',
  displayName: 'SGLang',
}) satisfies Provider;
