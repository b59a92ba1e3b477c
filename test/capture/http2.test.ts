/** `node:http2`, as the AWS SDK uses it. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import * as http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { USAGE } from './server.fixture.ts';
import { text, watch } from './watch.fixture.ts';
import type { Watch } from './watch.fixture.ts';

let server: http2.Http2Server;
let host: string;
let session: http2.ClientHttp2Session;
let watched: Watch;
let written = 0;

beforeAll(async () => {
  server = http2.createServer();
  server.on('session', (one) => one.on('error', () => {}));
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    stream.resume().on('end', () => void answer(stream, String(headers[':path'])));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  session = http2.connect(`http://${host}`);
});
afterEach(() => watched.stop());
afterAll(() => {
  session.destroy();
  server.close();
});

async function answer(stream: http2.ServerHttp2Stream, path: string): Promise<void> {
  switch (path) {
    case '/hang':
      return;
    case '/reset':
      return stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
    case '/drop':
      return stream.session!.destroy();
    case '/empty':
      return stream.respond({ ':status': 204 }, { endStream: true });
    case '/big': {
      stream.respond({ ':status': 200 });
      const block = Buffer.alloc(64 * 1024);
      for (let i = 0; i < 200 && !stream.destroyed; i += 1) {
        written += block.length;
        if (!stream.write(block)) await Promise.race([once(stream, 'drain'), once(stream, 'close')]);
      }
      return void stream.end();
    }
    default:
      stream.additionalHeaders({ ':status': 103, link: '</x>' });
      stream.respond({ ':status': 200, 'content-type': 'application/json', 'x-amzn-requestid': 'r-1' });
      stream.write(USAGE.slice(0, 10));
      await turn();
      if (path === '/cut') stream.destroy(new Error('the server gives up'));
      else if (path !== '/stall') stream.end(USAGE.slice(10));
  }
}

function ask(path: string, options: http2.ClientSessionRequestOptions = {}): http2.ClientHttp2Stream {
  const stream = session.request({ ':method': 'POST', ':path': path, 'x-mine': 'yes' }, options);
  stream.write('{"model"');
  stream.end(':"m"}');
  return stream;
}

describe('a request by node:http2', () => {
  it('is seen whole, once', async () => {
    watched = watch({ hosts: [host] });
    const stream = ask('/model/m/invoke?x=1');
    expect((await buffer(stream)).toString()).toBe(USAGE);
    const { start, ends, exchange } = await watched.only();
    expect(ends).toBe(1);
    expect(start).toMatchObject({ method: 'POST', url: new URL(`http://${host}/model/m/invoke?x=1`) });
    expect(exchange!.request.headers).toEqual({ 'x-mine': 'yes' });
    expect(text(exchange!.request.body)).toBe('{"model":"m"}');
    expect(exchange!.response).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json', 'x-amzn-requestid': 'r-1' },
      body: { complete: true },
    });
    expect(text(exchange!.response!.body)).toBe(USAGE);
    expect(exchange!.failure).toBeNull();
  });

  it('without an answer’s body ends with its head', async () => {
    watched = watch({ hosts: [host] });
    await buffer(ask('/empty'));
    const { exchange } = await watched.only();
    expect(exchange).toMatchObject({ response: { status: 204, body: { length: 0, complete: true } }, failure: null });
  });

  it.each<[string, string, object, (stream: http2.ClientHttp2Stream) => void]>([
    ['reset before its answer', '/reset', { class: 'connection', code: 'ERR_HTTP2_STREAM_ERROR' }, () => {}],
    ['reset in the middle', '/cut', { class: 'connection', code: 'ERR_HTTP2_STREAM_ERROR' }, () => {}],
    ['closed by the application', '/stall', { class: 'aborted', code: null }, (stream) => stream.close(8)],
    [
      'closed by the application without a code',
      '/stall',
      { class: 'aborted', code: null },
      (stream) => stream.close(),
    ],
    ['destroyed by the application', '/stall', { class: 'aborted', code: null }, (stream) => stream.destroy()],
    ['destroyed before its answer', '/hang', { class: 'aborted', code: null }, (stream) => stream.destroy()],
  ])('that was %s ends once', async (_how, path, failure, stop) => {
    watched = watch({ hosts: [host] });
    const stream = ask(path).on('error', () => {});
    if (path === '/stall') await once(stream, 'data');
    else stream.resume();
    stop(stream);
    const { ends, exchange } = await watched.only();
    expect(ends).toBe(1);
    expect(exchange!.failure).toEqual(failure);
    expect(exchange!.response?.body?.complete ?? false).toBe(false);
  });

  it.each([
    ['before its answer', '/drop'],
    ['in the middle of its answer', '/stall'],
  ])('whose connection is lost %s was not aborted by the application', async (_when, path) => {
    watched = watch({ hosts: [host] });
    const connected = once(server, 'session') as Promise<[http2.ServerHttp2Session]>;
    const own = http2.connect(`http://${host}`).on('error', () => {});
    const stream = own.request({ ':method': 'POST', ':path': path }).on('error', () => {});
    stream.end('{}');
    const [served] = await connected;
    if (path === '/stall') {
      await once(stream, 'data');
      served.destroy();
    }
    const { ends, exchange } = await watched.only();
    expect(ends).toBe(1);
    expect(exchange!.failure).toEqual({ class: 'connection', code: 'ECONNRESET' });
  });

  it('is whole where the process ends right after it', async () => {
    watched = watch({ hosts: [host] });
    const stream = ask('/json');
    const end = once(stream, 'end').then(() => watched.capture.abandon());
    stream.resume();
    await end;
    const { exchange } = await watched.only();
    expect(exchange!.failure).toBeNull();
    expect(exchange!.response!.body!.complete).toBe(true);
  });

  it('hands back what its own methods give back', async () => {
    watched = watch({ hosts: [host] });
    const stream = session.request({ ':method': 'POST', ':path': '/stall' }).on('error', () => {});
    expect(stream.write('{}')).toBe(true);
    expect(stream.end()).toBe(stream);
    await once(stream, 'readable');
    expect(stream.push(Buffer.from('more'))).toBe(true);
    expect(stream.emit('nobody listens for this')).toBe(false);
    stream.destroy();
    await watched.only();
  });

  it('aborted by a signal', async () => {
    watched = watch({ hosts: [host] });
    const controller = new AbortController();
    const stream = ask('/stall', { signal: controller.signal }).on('error', () => {});
    await once(stream, 'data');
    controller.abort();
    expect((await watched.only()).exchange!.failure!.class).toBe('aborted');
  });

  it('that never connected', async () => {
    watched = watch({ hosts: ['127.0.0.1:9'] });
    const refused = http2.connect('http://127.0.0.1:9');
    refused.on('error', () => {});
    const stream = refused.request({ ':method': 'POST', ':path': '/' });
    stream.on('error', () => {}).end('ask');
    const { exchange } = await watched.only();
    expect(exchange).toMatchObject({ response: null, failure: { class: 'connection', code: 'ECONNREFUSED' } });
  });

  it('that is paused stops the server as early as without us, and shows no listener of ours', async () => {
    const measure = async () => {
      const before = written;
      const stream = ask('/big');
      await once(stream, 'response');
      let last = -1;
      while (written !== last) {
        last = written;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const names = stream.eventNames();
      stream.destroy();
      return { bytes: last - before, names };
    };
    watched = watch({ hosts: [] });
    const alone = await measure();
    watched.stop();
    watched = watch({ hosts: [host] });
    const together = await measure();
    expect(together.names).toEqual(alone.names);
    expect(together.bytes).toBeLessThan(alone.bytes + 300_000);
    await watched.only();
  });

  it.each(['waits for its answer', 'has given up'])(
    'that http2-wrapper made for somebody else is the caller’s, who %s',
    async (what) => {
      const who = new AsyncLocalStorage<string>();
      const begunBy: (string | undefined)[] = [];
      watched = watch({
        hosts: [host],
        contextOf({ context }) {
          begunBy.push(who.getStore());
          return context;
        },
      });
      const wrapped = wrappedSession();
      const free = Promise.withResolvers<void>();
      const made = Promise.withResolvers<http2.ClientHttp2Stream>();
      const calling = who.run('caller', async () => {
        const stream = (await made.promise).on('error', () => {});
        if (what === 'has given up') return void stream.destroy();
        stream.once('response', () => {});
        stream.end('{}');
        await buffer(stream);
      });
      await who.run('somebody else', async () => {
        const stream = wrapped.request({ ':method': 'POST', ':path': '/' });
        stream.once('close', () => free.resolve());
        made.resolve(stream);
        await calling;
      });
      const { ends, exchange } = await watched.only();
      expect(begunBy).toEqual(['caller']);
      expect(ends).toBe(1);
      if (what === 'has given up') {
        expect(exchange).toMatchObject({ response: null, failure: { class: 'aborted' } });
      } else {
        expect(text(exchange!.request.body)).toBe('{}');
        expect(exchange).toMatchObject({ response: { status: 200, body: { complete: true } }, failure: null });
      }
      await free.promise;
      wrapped.destroy();
    },
  );
});

/** As http2-wrapper 1 and 2 change their sessions. */
function wrappedSession(): http2.ClientHttp2Session {
  const own = http2.connect(`http://${host}`);
  const original = own.request.bind(own);
  const request: typeof original = (...args) => original(...args).once('close', () => {});
  return Object.assign(own, { request, [Symbol('request')]: original });
}
