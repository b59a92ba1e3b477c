/** The core request of undici 5 to 8, as the diagnostics channel hands it out, and what can be read from it. */
import type { AsyncResource } from 'node:async_hooks';
import type { Attempt, RequestReader } from '../attempt.ts';
import { readHeaders } from '../headers.ts';
import type { ATTEMPT, CALLER } from '../process-keys.ts';

/** Only what we touch; everything may be missing in a version that does not exist yet. */
export interface UndiciRequest {
  readonly method: string;
  readonly path: string;
  readonly origin: string | URL;
  readonly body: unknown;
  /** The protocol that the connection shall change to; `fetch` sets it for a WebSocket. */
  readonly upgrade?: unknown;
  /** A raw string in undici 5, an object in 5 over h2, `[name, value, …]` from 6. */
  readonly headers: unknown;
  [ATTEMPT]?: Attempt<UndiciRequest> | undefined;
  /** The context in which the request was made. */
  [CALLER]?: AsyncResource | undefined;
}

export const undiciRequestReader: RequestReader<UndiciRequest> = {
  headers: (request) => readHeaders(request.headers),
  // A string is a Buffer by now. `fetch` gives a generator, which is the application's to iterate.
  unsentBody: (request) => (request.body instanceof Uint8Array ? request.body : null),
};
