/** Report users write `gemini`, telemetry `gcp.gemini`: both are understood, the short one is shown. */
import { providers } from '@wiretally/usage';
import type { Provider } from '@wiretally/usage';

const BY_NAME = new Map<string, Provider>(providers.map((provider) => [provider.name, provider]));
const BY_SHORT_NAME = new Map<string, Provider>(providers.map((provider) => [provider.shortName, provider]));

/** @param name either name, any case. */
export function findProvider(name: string): Provider | undefined {
  const lower = name.toLowerCase();
  return BY_NAME.get(lower) ?? BY_SHORT_NAME.get(lower);
}

export function shortProviderName(name: string): string {
  return BY_NAME.get(name)?.shortName ?? name;
}

/** The name under which the ledger keeps a provider's calls. */
export function storedProviderName(name: string): string {
  return findProvider(name)?.name ?? name.toLowerCase();
}

export function displayProviderName(name: string): string {
  return findProvider(name)?.displayName ?? name;
}
