/** Which hosts belong to which provider: the known ones, and the user's own by configuration. */
import { providers } from './providers/index.ts';
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

interface Rule {
  readonly host: string;
  readonly prefix: string;
  readonly provider: Provider;
}

/** Answers for hosts that were asked for are kept, misses too; a service talks to far fewer. */
const MAX_REMEMBERED = 2048;

/**
 * Known hosts and mappings. A host without a port stands for all its ports. `*` stands for one or more characters of a
 * host name. The user's mappings come before the known ones, exact hosts before wildcards; of several prefixes the longest that
 * fits wins.
 *
 * @throws Error that names the known providers, where a mapping names another.
 */
export function createHostMap(options: HostMapOptions = {}): HostMap {
  const denied = (options.deny ?? []).map((entry) => entry.trim().toLowerCase()).filter((entry) => entry !== '');
  const rules: Rule[] = [];
  for (const [pattern, name] of Object.entries(options.hosts ?? {}))
    rules.push({ ...splitPattern(pattern), provider: providerNamed(name, pattern) });
  rules.sort(moreExactFirst);
  const known = providers.flatMap((provider) =>
    provider.hosts.map((pattern) => ({ ...splitPattern(pattern), provider })),
  );
  rules.push(...known.sort(moreExactFirst));

  // Null stands for "nobody's", so that a miss costs one look-up as well.
  const resolved = new Map<string, HostMatch | null>();
  return {
    lookup(host) {
      let match = resolved.get(host);
      if (match === undefined) {
        match = resolve(host.toLowerCase(), rules, denied);
        if (resolved.size >= MAX_REMEMBERED) resolved.clear();
        resolved.set(host, match);
      }
      return match ?? undefined;
    },
  };
}

export const defaultHosts: HostMap = createHostMap();

function resolve(host: string, rules: readonly Rule[], denied: readonly string[]): HostMatch | null {
  if (denied.some((pattern) => hostFits(pattern, host))) return null;
  const fitting = rules.filter((rule) => hostFits(rule.host, host));
  const [first] = fitting;
  if (first === undefined) return null;
  if (first.prefix === '') return { provider: () => first.provider };
  return { provider: (pathname) => fitting.find(({ prefix }) => pathFits(prefix, pathname))?.provider };
}

/** `host[:port][/path-prefix]`, with or without a scheme before it and a slash behind. */
function splitPattern(pattern: string): { host: string; prefix: string } {
  const bare = pattern.trim().replace(/^https?:\/\//i, '');
  const slash = bare.indexOf('/');
  const host = (slash < 0 ? bare : bare.slice(0, slash)).toLowerCase();
  return { host, prefix: slash < 0 ? '' : bare.slice(slash).replace(/\/+$/, '') };
}

function hostFits(pattern: string, host: string): boolean {
  const portless = /:\d+$/.test(pattern) ? host : host.replace(/:\d+$/, '');
  if (!pattern.includes('*')) return pattern === portless;
  const [start = '', ...rest] = pattern.split('*');
  let at = start.length;
  if (!portless.startsWith(start)) return false;
  for (const [index, piece] of rest.entries()) {
    const last = index === rest.length - 1;
    const found = last ? portless.length - piece.length : portless.indexOf(piece, at + 1);
    if (found < at + 1 || !portless.startsWith(piece, found)) return false;
    at = found + piece.length;
  }
  return at === portless.length;
}

function pathFits(prefix: string, pathname: string): boolean {
  return pathname.startsWith(prefix) && (pathname.length === prefix.length || pathname[prefix.length] === '/');
}

function moreExactFirst(a: Omit<Rule, 'provider'>, b: Omit<Rule, 'provider'>): number {
  return Number(a.host.includes('*')) - Number(b.host.includes('*')) || b.prefix.length - a.prefix.length;
}

/** By OpenTelemetry's name or the short one; `-`, `_` and `.` are alike. */
function providerNamed(name: string, pattern: string): Provider {
  const wanted = plainName(name);
  const found = providers.find(
    (provider) => plainName(provider.name) === wanted || plainName(provider.shortName) === wanted,
  );
  if (found !== undefined) return found;
  const names = providers.map((provider) => provider.shortName).join(', ');
  throw new Error(
    `wiretally: the host mapping "${pattern}=${name}" names a provider that is not known; use one of: ${names}`,
  );
}

function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}
