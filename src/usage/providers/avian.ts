import { hostedOpenai } from '../dialects/hosted-openai.ts';
import { usd } from '../reader/decimal.ts';
import type { Provider } from './provider.ts';

export const avian = hostedOpenai({
  name: 'avian',
  displayName: 'Avian',
  hosts: ['api.avian.io'],
  link: 'https://avian.io',
  refine(_call, found) {
    found.costReportedUsd = usd(found.usage?.['cost']);
  },
}) satisfies Provider;
