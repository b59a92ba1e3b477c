import { hostedOpenai } from '../dialects/hosted-openai.ts';
import type { Provider } from './provider.ts';

export const heroku = hostedOpenai({
  name: 'heroku',
  displayName: 'Heroku Inference',
  hosts: ['us.inference.heroku.com', 'eu.inference.heroku.com'],
  link: 'https://dashboard.heroku.com',
}) satisfies Provider;
