import { selfHostedOpenai } from '../dialects/self-hosted-openai.ts';
import type { Provider } from './provider.ts';

export const lmStudio = selfHostedOpenai({
  name: 'lm_studio',
  shortName: 'lmstudio',
  displayName: 'LM Studio',
  hosts: ['localhost:1234', '127.0.0.1:1234'],
}) satisfies Provider;
