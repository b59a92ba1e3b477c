import { gateway } from '../dialects/gateway.ts';
import type { Provider } from './provider.ts';

export const cloudflareGateway = gateway({
  name: 'cloudflare_gateway',
  shortName: 'cloudflare-gateway',
  displayName: 'Cloudflare AI Gateway',
  hosts: ['gateway.ai.cloudflare.com'],
  link: 'https://dash.cloudflare.com',
}) satisfies Provider;
