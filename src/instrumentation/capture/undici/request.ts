/** The core request of undici 5 to 8, as the diagnostics channel hands it out, and what can be read from it. */
import type { Headers } from '@wiretally/usage';
import type { Attempt, RequestReader } from '../attempt.ts';
import type { ATTEMPT, CALLER } from '../process-keys.ts';
import type { Scope } from './callers.ts';

/** Only what we touch; everything may be missing in a version that does not exist yet. */
export interface UndiciRequest {
  readonly method: string;
  readonly path: string;
  readonly origin: string | URL;
  readonly body: unknown;
  /** A raw string in undici 5, an object in 5 over h2, `[name, value, …]` from 6. */
  readonly headers: unknown;
  [ATTEMPT]?: Attempt<UndiciRequest> | undefined;
  [CALLER]?: Scope | undefined;
}

/** Response headers: `Buffer[]` over h1, `Buffer[]` or an object over h2. */
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
  return value instanceof Uint8Array
    ? Buffer.from(value.buffer, value.byteOffset, value.length).toString('latin1')
    : '';
}

export const undiciRequestReader: RequestReader<UndiciRequest> = {
  headers: (request) => readHeaders(request.headers),
  // A string is a Buffer by now. `fetch` gives a generator, which is the application's to iterate.
  unsentBody: (request) => (request.body instanceof Uint8Array ? request.body : null),
};
