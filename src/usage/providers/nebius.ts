import { hostedOpenai } from '../dialects/hosted-openai.ts';
import type { Provider } from './provider.ts';

export const nebius = hostedOpenai({
  name: 'nebius',
  displayName: 'Nebius',
  hosts: ['api.studio.nebius.com', 'api.studio.nebius.ai', 'api.tokenfactory.nebius.com'],
  link: 'https://tokenfactory.nebius.com',
}) satisfies Provider;
