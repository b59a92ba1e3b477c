/**
 * `read`: bytes of one exchange → Reading. Pure: no I/O, no clock, no OpenTelemetry.
 */
import type { Exchange } from './exchange.ts';
import type { Reading } from './record.ts';
import { defaultHosts } from './hosts.ts';
import type { HostMap } from './hosts.ts';

export interface ReadOptions {
  /** Which hosts are which providers'; default: the known ones. */
  readonly hosts?: HostMap;
}

/**
 * Reads what one exchange with an AI provider was and used.
 *
 * @returns null where the host is no AI provider's. Never throws for any bytes: what cannot be read is null with a
 * reason (`usageMissingReason`).
 */
export function readExchange(exchange: Exchange, options: ReadOptions = {}): Reading | null {
  const url = URL.parse(exchange.request.url);
  if (url === null) return null;
  const provider = (options.hosts ?? defaultHosts).lookup(url.host)?.provider(url.pathname);
  if (provider === undefined) return null;
  const reading = provider.read(exchange, url);
  return exchange.overload === true && reading.usageSource === 'missing'
    ? { ...reading, usageMissingReason: 'overload' }
    : reading;
}
