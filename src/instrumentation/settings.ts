/** What is to be observed: configuration in code, then the variables of the environment. */
import { createHostMap } from '@wiretally/usage';
import type { HostMap } from '@wiretally/usage';

export interface HostSettings {
  /** Hosts of the user's own: `host[:port][/path-prefix]` → provider name, e.g. `{ 'llm.internal:8000': 'openai' }`. */
  readonly hosts?: Readonly<Record<string, string>> | undefined;
  /** Hosts that are never observed, also where they are known. */
  readonly denyHosts?: readonly string[] | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** `WIRETALLY_DISABLED=true` (or `1`) leaves everything alone. */
export function isDisabled(environment: Environment): boolean {
  const value = environment['WIRETALLY_DISABLED']?.trim().toLowerCase();
  return value === 'true' || value === '1';
}

/**
 * The hosts of the code and of `WIRETALLY_HOSTS` (`host[:port][/prefix]=provider,…`) and `WIRETALLY_DENY_HOSTS`
 * (`host,…`); the code wins. A mapping that makes no sense is told and left out: a typing error must not keep a service
 * from starting.
 *
 * @param complain gets one sentence for each mapping that was left out.
 */
export function hostMapFrom(
  settings: HostSettings,
  environment: Environment,
  complain: (problem: string) => void,
): HostMap {
  const hosts: Record<string, string> = {};
  const wanted = { ...parseHosts(environment['WIRETALLY_HOSTS'], complain), ...settings.hosts };
  for (const [host, provider] of Object.entries(wanted)) {
    try {
      createHostMap({ hosts: { [host]: provider } });
      hosts[host] = provider;
    } catch (error) {
      complain(`the host mapping "${host}=${provider}" is left out: ${messageOf(error)}`);
    }
  }
  const deny = [...(settings.denyHosts ?? []), ...list(environment['WIRETALLY_DENY_HOSTS'])];
  return createHostMap({ hosts, deny });
}

function parseHosts(text: string | undefined, complain: (problem: string) => void): Record<string, string> {
  const hosts: Record<string, string> = {};
  for (const entry of list(text)) {
    const equals = entry.lastIndexOf('=');
    const host = entry.slice(0, equals).trim();
    const provider = entry.slice(equals + 1).trim();
    if (equals <= 0 || host === '' || provider === '') {
      complain(`WIRETALLY_HOSTS: "${entry}" is left out, write host[:port][/prefix]=provider`);
    } else {
      hosts[host] = provider;
    }
  }
  return hosts;
}

function list(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
