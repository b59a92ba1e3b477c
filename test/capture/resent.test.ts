/** A request that undici sends anew, since its connection was lost before the answer: one attempt, as it was sent last. */
import { once } from 'node:events';
import * as net from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { UNDICI } from './clients.fixture.ts';
import { USAGE } from './server.fixture.ts';
import { text, watch } from './watch.fixture.ts';
import type { Watch } from './watch.fixture.ts';

let watched: Watch | null = null;
let server: net.Server;

afterEach(() => {
  watched?.stop();
  watched = null;
  server.close();
});

/** Cuts its first connection when it has got both requests, and answers on those that follow. */
async function startCuttingServer(): Promise<string> {
  let connections = 0;
  server = net.createServer((socket) => {
    connections += 1;
    const isFirst = connections === 1;
    let got = '';
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      got += chunk.toString();
      if (isFirst && got.includes('"first"') && got.includes('"second"')) socket.destroy();
      else if (!isFirst && got.includes('"second"')) {
        socket.end(
          `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${USAGE.length}\r\n\r\n${USAGE}`,
        );
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe.each(Object.entries(UNDICI))('%s', (_version, undici) => {
  it('has the body once where a request behind another one is sent anew', async () => {
    const host = await startCuttingServer();
    watched = watch({ hosts: [host] });
    const dispatcher = new undici.Client(`http://${host}`, { pipelining: 2 });
    const ask = (body: string) =>
      undici.request(`http://${host}/v1`, { method: 'POST', idempotent: true, blocking: false, body, dispatcher });
    const [first, second] = await Promise.allSettled([ask('"first"'), ask('"second"')]);
    expect(first.status).toBe('rejected');
    expect(second.status).toBe('fulfilled');
    if (second.status === 'fulfilled') await second.value.body.arrayBuffer();
    await watched.ended();
    expect(
      watched.calls.map(({ ends, exchange }) => [ends, text(exchange!.request.body), exchange!.response?.status]),
    ).toEqual([
      [1, '"first"', undefined],
      [1, '"second"', 200],
    ]);
    await dispatcher.destroy();
  });
});
