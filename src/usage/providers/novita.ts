import { hostedOpenai } from '../dialects/hosted-openai.ts';
import type { Provider } from './provider.ts';

export const novita = hostedOpenai({
  name: 'novita',
  displayName: 'Novita AI',
  hosts: ['api.novita.ai'],
  link: 'https://novita.ai/billing',
}) satisfies Provider;
