/** Clients with the interface of `fetch`: Node's own, undici's and node-fetch. */
import { Readable } from 'node:stream';
import { isStreamed } from './client.ts';
import type { Call, Client, Pieces } from './client.ts';

export interface FetchResponse {
  readonly status: number;
  readonly headers: Iterable<[string, string]>;
  readonly url: string;
  readonly redirected: boolean;
  readonly bodyUsed: boolean;
  readonly body: ReadableStream<Uint8Array> | Readable | null;
  text(): Promise<string>;
}
export type Fetch = (url: string, init: Record<string, unknown>) => Promise<FetchResponse>;

/** @param extra what the library takes beside the standard, such as a dispatcher. */
export function fetchClient(fetch: Fetch, extra: Record<string, unknown>, nodeStreams: boolean): Client {
  const send = async (call: Call): Promise<FetchResponse> => {
    const { method, url, headers, body, timeoutMs } = call;
    const signal = timeoutMs === undefined ? call.signal : AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, {
      method,
      headers,
      ...(signal && { signal }),
      ...(body !== undefined && { body: isStreamed(body) ? streamed(body, nodeStreams) : body }),
      ...(isStreamed(body) && { duplex: 'half' }),
      ...extra,
    });
    return response;
  };
  return {
    async whole(call) {
      const response = await send(call);
      const text = await response.text();
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        text,
        more: [
          `${response.constructor.name} ${Object.keys(response).join()} ${response.url} ${response.redirected} ${response.bodyUsed}`,
        ],
      };
    },
    async open(call) {
      const { status, headers, body } = await send(call);
      return { status, headers: Object.fromEntries(headers), body: body ?? Readable.from([]) };
    },
  };
}

function streamed(pieces: Pieces, nodeStream: boolean): unknown {
  const stream = Readable.from(pieces, { objectMode: false });
  return nodeStream ? stream : Readable.toWeb(stream);
}
