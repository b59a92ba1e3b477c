/** Requests through a proxy: the provider is the host that was asked for, never the proxy. */
import { once } from 'node:events';
import * as http from 'node:http';
import * as net from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { UNDICI } from './clients.fixture.ts';
import { startServer, USAGE } from './server.fixture.ts';
import type { TestServer } from './server.fixture.ts';
import { text, watch } from './watch.fixture.ts';
import type { Watch } from './watch.fixture.ts';

let server: TestServer;
let proxy: http.Server;
let proxyOrigin: string;
let seen: string[] = [];
let watched: Watch;

beforeAll(async () => {
  server = await startServer();
  proxy = http.createServer((req, res) => {
    seen.push(`${req.method} ${req.url}`);
    const onward = http.request(req.url ?? '', { method: req.method ?? 'GET', headers: req.headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
    });
    req.pipe(onward);
  });
  proxy.on('connect', (req: http.IncomingMessage, socket: net.Socket) => {
    seen.push(`CONNECT ${req.url}`);
    const [host, port] = (req.url ?? '').split(':');
    const onward = net.connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    for (const one of [onward, socket]) one.on('error', () => {});
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  proxyOrigin = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
});
afterEach(() => {
  watched.stop();
  seen = [];
});
afterAll(async () => {
  proxy.closeAllConnections();
  proxy.close();
  await server.close();
});

describe.each(Object.entries(UNDICI))('ProxyAgent of %s', (_version, undici) => {
  it.each([true, false])('shows the provider (tunnel: %s)', async (proxyTunnel) => {
    watched = watch({ hosts: [server.host] });
    const dispatcher = new undici.ProxyAgent({ uri: proxyOrigin, proxyTunnel });
    const { body } = await undici.request(`${server.origin}/json?a=1`, { method: 'POST', body: 'ask', dispatcher });
    expect(Buffer.from(await body.arrayBuffer()).toString()).toBe(USAGE);
    expect(seen).toHaveLength(1);
    // The proxy makes requests of its own in this process: what it forwards is not the application's.
    const calls = watched.calls.filter(({ start }) => start.method === 'POST');
    expect(calls.length - (seen[0]!.startsWith('CONNECT') ? 0 : 1)).toBe(1);
    await watched.ended();
    expect(calls[0]!.start.url.href).toBe(`${server.origin}/json?a=1`);
    expect(text(calls[0]!.exchange!.response!.body)).toBe(USAGE);
    await dispatcher.close();
  });
});
