import { hostedOpenai } from '../dialects/hosted-openai.ts';
import type { Provider } from './provider.ts';

export const snowflake = hostedOpenai({
  name: 'snowflake',
  displayName: 'Snowflake Cortex',
  hosts: ['*.snowflakecomputing.com/api/v2/cortex'],
  link: 'https://app.snowflake.com',
}) satisfies Provider;
