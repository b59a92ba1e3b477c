/** `node:http2` itself, with every event that it shows. */
import * as http2 from 'node:http2';
import { text } from 'node:stream/consumers';
import { bodyOf } from './client.ts';
import type { Call, Client, ClientSetup, Opened } from './client.ts';

const STREAM_EVENTS = ['ready', 'headers', 'trailers', 'frameError', 'timeout'];

export function http2Client(setup: ClientSetup): Client {
  const sessions = new Map<string, http2.ClientHttp2Session>();
  const sessionFor = (origin: string): http2.ClientHttp2Session => {
    const known = sessions.get(origin);
    if (known !== undefined && !known.closed && !known.destroyed) return known;
    const session = http2.connect(origin, setup.ca === null ? {} : { ca: setup.ca });
    session.on('error', () => setup.log('session event error'));
    session.on('close', () => setup.log('session event close'));
    sessions.set(origin, session);
    return session;
  };
  const open = (call: Call): Promise<Opened> =>
    new Promise((resolve, reject) => {
      const { origin, pathname, search } = new URL(call.url);
      const { method, headers, signal, timeoutMs } = call;
      const stream = sessionFor(origin).request(
        { ':method': method, ':path': pathname + search, ...headers },
        // Without it a HEAD or GET ends by itself, and writing to it fails.
        { endStream: call.body === undefined, ...(signal && { signal }) },
      );
      let trailers: unknown = null;
      for (const event of STREAM_EVENTS) stream.on(event, () => setup.log(`stream event ${event}`));
      if (timeoutMs !== undefined) {
        stream.setTimeout(timeoutMs, () => stream.destroy(Object.assign(new Error('too slow'), { code: 'ETIMEDOUT' })));
      }
      stream.on('trailers', (fields) => {
        trailers = fields;
      });
      stream.on('error', reject);
      stream.on('close', () => reject(new Error('closed before an answer')));
      stream.on('response', ({ ':status': status = 0, ...fields }) => {
        const names = stream.eventNames().map((name) => `${String(name)} ${stream.listenerCount(name)}`);
        setup.log(`stream event response; ${names.join(', ')}`);
        resolve({ status, headers: fields, body: stream, trailers: () => trailers });
      });
      const body = bodyOf(call);
      if (body === undefined) return;
      if (typeof body === 'string' || Buffer.isBuffer(body)) stream.end(body);
      else body.pipe(stream);
    });
  return {
    open,
    async whole(call) {
      const { status, headers, body } = await open(call);
      return { status, headers, text: await text(body as http2.ClientHttp2Stream) };
    },
  };
}
