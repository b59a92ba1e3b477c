import { selfHostedOpenai } from '../dialects/self-hosted-openai.ts';
import type { Provider } from './provider.ts';

/** Any other server of that shape. */
export const openaiCompatible = selfHostedOpenai({
  name: 'openai_compatible',
  shortName: 'openai-compatible',
  displayName: 'OpenAI-compatible server',
}) satisfies Provider;
