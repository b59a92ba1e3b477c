/** `WIRETALLY_HOSTS` for services whose providers are simulated: which path prefix is whose. */
import { simulatedProviders } from './providers/index.ts';

export function hostMapping(port: number): string {
  return Object.entries(simulatedProviders)
    .map(([name, { prefix }]) => `127.0.0.1:${port}${prefix}=${name}`)
    .join(',');
}
