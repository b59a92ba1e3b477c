/** Headers in every shape in which transports have them. */
import type { Headers } from '@wiretally/usage';

/**
 * @param raw lines of text, `[name, value, …]`, or an object; values may be bytes, and several under one name.
 * @returns lower-case names; what is repeated is joined with a comma.
 */
export function readHeaders(raw: unknown): Headers {
  const headers: Record<string, string> = Object.create(null) as Record<string, string>;
  if (typeof raw === 'string') {
    for (const line of raw.split('\r\n')) {
      const colon = line.indexOf(':');
      if (colon > 0) add(headers, line.slice(0, colon), line.slice(colon + 1).trim());
    }
  } else if (Array.isArray(raw)) {
    for (let i = 0; i + 1 < raw.length; i += 2) add(headers, text(raw[i]), values(raw[i + 1]));
  } else if (typeof raw === 'object' && raw !== null) {
    for (const [name, value] of Object.entries(raw)) add(headers, name, values(value));
  }
  return headers;
}

function add(headers: Record<string, string>, name: string, value: string): void {
  const key = name.toLowerCase();
  const earlier = headers[key];
  headers[key] = earlier === undefined ? value : `${earlier}, ${value}`;
}

function values(value: unknown): string {
  return Array.isArray(value) ? value.map(text).join(', ') : text(value);
}

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Buffer.isBuffer(value)) return value.toString('latin1');
  if (typeof value === 'number') return String(value);
  return value instanceof Uint8Array
    ? Buffer.from(value.buffer, value.byteOffset, value.length).toString('latin1')
    : '';
}
