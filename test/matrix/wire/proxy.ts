/** A forward proxy: tunnels on CONNECT, and passes on what has an absolute address. */
import { once } from 'node:events';
import * as http from 'node:http';
import * as net from 'node:net';

export interface Proxy {
  readonly url: string;
  close(): void;
}

export async function startProxy(): Promise<Proxy> {
  const sockets = new Set<net.Socket>();
  const keep = (socket: net.Socket): void => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  };
  const server = http.createServer((req, res) => {
    const upstream = http.request(
      req.url ?? '',
      { method: req.method, headers: req.headers, agent: false },
      (answer) => {
        res.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        answer.pipe(res);
      },
    );
    upstream.on('error', () => res.destroy());
    res.on('close', () => upstream.destroy());
    req.pipe(upstream);
  });
  server.keepAliveTimeout = 0;
  server.on('connection', keep);
  server.on('connect', (req, client: net.Socket) => {
    const [host = '', port = '443'] = (req.url ?? '').split(':');
    const upstream = net.connect(Number(port), host);
    keep(upstream);
    upstream.on('connect', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      client.pipe(upstream);
      upstream.pipe(client);
    });
    // A tunnel ends on both sides as it ended on one.
    upstream.on('error', () => client.resetAndDestroy());
    upstream.on('close', () => client.end());
    client.on('close', () => upstream.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
