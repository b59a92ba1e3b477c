/**
 * Who guesses tokens has to wait. Wrong tokens are counted an address: different ones, because a service that was left
 * with an old token sends the same one again and guesses nothing; it must not shut out its neighbours.
 */
import { isIPv6 } from 'node:net';

const MAX_WRONG = 10;
const WINDOW_MS = 60_000;
/** Beyond this many addresses the oldest is forgotten. */
const MAX_ADDRESSES = 10_000;

interface Failures {
  readonly until: number;
  readonly wrong: Set<string>;
}

export interface FailedLogins {
  /** Whole seconds until this address may try again; 0: now. */
  waitSeconds(address: string): number;
  /** @param digest of the wrong token, so that it is not kept. */
  add(address: string, digest: string): void;
}

export function countFailedLogins(now: () => number): FailedLogins {
  const failures = new Map<string, Failures>();
  const current = (key: string): Failures | undefined => {
    const found = failures.get(key);
    if (found === undefined || found.until > now()) return found;
    failures.delete(key);
    return undefined;
  };
  return {
    waitSeconds(address) {
      const found = current(network(address));
      return found === undefined || found.wrong.size < MAX_WRONG ? 0 : Math.ceil((found.until - now()) / 1000);
    },
    add(address, digest) {
      const key = network(address);
      const found = current(key) ?? { until: now() + WINDOW_MS, wrong: new Set() };
      found.wrong.add(digest);
      failures.set(key, found);
      const [oldest] = failures.keys();
      if (failures.size > MAX_ADDRESSES && oldest !== undefined) failures.delete(oldest);
    },
  };
}

/** Of IPv6 the /64: one customer has that many addresses to guess from. */
function network(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
  const [head = '', tail = ''] = address.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const missing = Math.max(0, 8 - groups(head).length - groups(tail).length);
  return [...groups(head), ...Array<string>(missing).fill('0'), ...groups(tail)].slice(0, 4).join(':');
}
