import { hostedOpenai } from '../dialects/hosted-openai.ts';
import { usd } from '../reader/decimal.ts';
import type { Provider } from './provider.ts';

export const deepinfra = hostedOpenai({
  name: 'deepinfra',
  displayName: 'DeepInfra',
  hosts: ['api.deepinfra.com'],
  link: 'https://deepinfra.com/dash',
  refine(_call, found) {
    found.costReportedUsd = usd(found.usage?.['estimated_cost']);
  },
}) satisfies Provider;
