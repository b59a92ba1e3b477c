/** undici over HTTP/2: other header shapes, no reason phrases, and a trap in the request's body. */
import { once } from 'node:events';
import * as http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority } from '../conformance/authority.ts';
import { UNDICI } from './clients.fixture.ts';
import { USAGE } from './server.fixture.ts';
import { text, watch } from './watch.fixture.ts';
import type { Watch } from './watch.fixture.ts';

let server: http2.Http2SecureServer;
let origin: string;
let host: string;
let ca: string;
let watched: Watch | null = null;

beforeAll(async () => {
  const authority = await createAuthority(['localhost']);
  ca = authority.ca;
  server = http2.createSecureServer({ key: authority.key, cert: authority.cert });
  server.on('stream', (stream, headers) => {
    let length = 0;
    stream.on('data', (chunk: Buffer) => {
      length += chunk.length;
    });
    stream.on('error', () => {});
    if (headers[':path'] === '/early') {
      stream.respond({ ':status': 200, 'content-type': 'application/json' });
      stream.write(USAGE.slice(0, 10));
    }
    stream.on('end', () => {
      if (headers[':path'] === '/reset') return stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
      if (headers[':path'] === '/early') return stream.end(USAGE.slice(10));
      stream.additionalHeaders({ ':status': 103, link: '</x>; rel=preload' });
      stream.respond({ ':status': 200, 'content-type': 'application/json', 'x-received': String(length) });
      stream.write(USAGE.slice(0, 10));
      setImmediate(() => stream.end(USAGE.slice(10)));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  host = `localhost:${(server.address() as AddressInfo).port}`;
  origin = `https://${host}`;
});
afterEach(() => {
  watched?.stop();
  watched = null;
});
afterAll(() => {
  server.close();
});

// 5 has a first version of h2 that fails without us as well.
describe.each(Object.entries(UNDICI).filter(([version]) => version !== 'undici5'))('%s over h2', (_version, undici) => {
  const agent = () => new undici.Agent({ allowH2: true, connect: { ca } });

  it.each(['fetch', 'request'] as const)('sees a JSON call by %s', async (how) => {
    watched = watch({ hosts: [host] });
    const dispatcher = agent();
    const options = { method: 'POST', body: '{"model":"m"}', headers: { 'x-mine': 'yes' }, dispatcher };
    const answer =
      how === 'fetch'
        ? Buffer.from(await (await undici.fetch(`${origin}/json`, options)).arrayBuffer())
        : Buffer.from(await (await undici.request(`${origin}/json`, options)).body.arrayBuffer());
    expect(answer.toString()).toBe(USAGE);
    const { exchange, ends } = await watched.only();
    expect(ends).toBe(1);
    expect(text(exchange!.request.body)).toBe('{"model":"m"}');
    expect(exchange!.request.headers).toMatchObject({ 'x-mine': 'yes' });
    expect(exchange!.response).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json', 'x-received': '13' },
      body: { length: USAGE.length, complete: true },
    });
    expect(text(exchange!.response!.body)).toBe(USAGE);
    await dispatcher.destroy();
  });

  it('does not take the answer for the request where the request is a stream', async () => {
    watched = watch({ hosts: [host] });
    const dispatcher = agent();
    const body = new Readable({ read() {} });
    body.push('one');
    const answer = await undici.request(`${origin}/early`, { method: 'POST', body, dispatcher });
    // The first piece of the answer comes with its head, while the request is still open.
    for (let i = 0; i < 10; i += 1) await new Promise(setImmediate);
    body.push(null);
    expect(Buffer.from(await answer.body.arrayBuffer()).toString()).toBe(USAGE);
    const { exchange } = await watched.only();
    expect(text(exchange!.request.body) ?? '').not.toContain('"');
    expect(text(exchange!.response!.body)).toBe(USAGE);
    await dispatcher.destroy();
  });

  it('ends once when the stream is reset', async () => {
    watched = watch({ hosts: [host] });
    const dispatcher = agent();
    await expect(undici.request(`${origin}/reset`, { method: 'POST', body: 'ask', dispatcher })).rejects.toThrow();
    const { exchange, ends } = await watched.only();
    expect(ends).toBe(1);
    expect(exchange!.failure!.class).toBe('connection');
    await dispatcher.destroy();
  });
});
