import { gateway } from '../dialects/gateway.ts';
import type { Provider } from './provider.ts';

export const pydanticGateway = gateway({
  name: 'pydantic_gateway',
  shortName: 'pydantic-gateway',
  displayName: 'Pydantic AI Gateway',
  hosts: ['gateway.pydantic.dev', 'gateway-*.pydantic.dev'],
  link: 'https://gateway.pydantic.dev',
}) satisfies Provider;
