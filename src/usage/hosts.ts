/** Which hosts belong to which provider: the known ones, and the user's own by configuration. */
import type { Provider } from './providers/provider.ts';

export interface HostMatch {
  /** The provider that serves this path; undefined where the host is mapped only below other paths. */
  provider(pathname: string): Provider | undefined;
}

export interface HostMap {
  /**
   * @param host lower-case `host` or `host:port` as in `URL.host` (default ports left out).
   * @returns undefined for hosts that are nobody's: callers ask this first and do nothing else.
   */
  lookup(host: string): HostMatch | undefined;
}

export interface HostMapOptions {
  /** `host[:port][/path-prefix]` → provider name, e.g. `{ 'llm.internal:8000': 'openai' }` (`WIRETALLY_HOSTS`). */
  readonly hosts?: Readonly<Record<string, string>>;
  /** Hosts that are never observed, also where they are known. */
  readonly deny?: readonly string[];
}

/** @throws Error that names the known providers, where a mapping names another. */
export function createHostMap(_options: HostMapOptions = {}): HostMap {
  return { lookup: () => undefined };
}

export const defaultHosts: HostMap = createHostMap();
