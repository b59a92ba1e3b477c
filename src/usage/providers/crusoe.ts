import { hostedOpenai } from '../dialects/hosted-openai.ts';
import type { Provider } from './provider.ts';

export const crusoe = hostedOpenai({
  name: 'crusoe',
  displayName: 'Crusoe',
  hosts: ['api.inference.crusoecloud.com'],
  link: 'https://console.crusoecloud.com',
}) satisfies Provider;
