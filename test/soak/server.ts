/** The provider of the soak: the query says what it does. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sseEvents, ANSWER, JSON_TYPE, SSE_TYPE } from '../matrix/scenarios/wire-answers.ts';

export async function startSoakServer(): Promise<{ readonly port: number; close(): void }> {
  const events = sseEvents(20);
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      const kind = new URL(request.url ?? '/', 'http://server').searchParams.get('kind') ?? '';
      switch (kind) {
        case 'sse':
          response.writeHead(200, SSE_TYPE);
          for (const event of events) response.write(event);
          response.end();
          return;
        case 'error':
          response
            .writeHead(429, JSON_TYPE)
            .end('{"error":{"message":"slow down","type":"requests","code":"rate_limit"}}');
          return;
        case 'abort':
          response.writeHead(200, SSE_TYPE).write(events[0]);
          return;
        case 'reset':
          response.writeHead(200, SSE_TYPE).write(events[0], () => response.socket?.destroy());
          return;
        default:
          response.writeHead(200, JSON_TYPE).end(ANSWER);
      }
    });
  });
  // Otherwise a connection that was idle while memory was measured may be closed at the moment at which it is used again.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
