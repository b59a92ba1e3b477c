/** A TCP connection that can be cut: a proxy that hands bytes on until it is told not to. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { NetConnectOpts, Socket } from 'node:net';

export interface CuttingProxy {
  readonly port: number;
  /** Resets every connection that is open now. @returns how many */
  reset(): number;
  /** Lets the next requests through and cuts the connection when their answers come. */
  cutAnswers(count: number): void;
  /** Answers that were cut until now. */
  readonly answersCut: number;
  close(): Promise<void>;
}

export interface CuttingProxyOptions {
  readonly port: number;
  /** Where the next connection goes; null: nobody is there. */
  readonly target: () => NetConnectOpts | null | Promise<NetConnectOpts | null>;
}

export async function startCuttingProxy(options: CuttingProxyOptions): Promise<CuttingProxy> {
  const open = new Set<Socket>();
  let toCut = 0;
  let answersCut = 0;

  const hand = async (client: Socket): Promise<void> => {
    track(client);
    const target = await options.target();
    if (target === null || client.destroyed) {
      cut(client);
      return;
    }
    const server = connect(target);
    track(server);
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on('end', () => other.end());
      one.on('close', () => other.destroy());
    }
    client.pipe(server, { end: false });
    server.on('data', (answer: Buffer) => {
      if (toCut > 0) {
        toCut -= 1;
        answersCut += 1;
        cut(client);
        cut(server);
      } else if (!client.write(answer)) {
        server.pause();
        client.once('drain', () => server.resume());
      }
    });
  };
  const track = (socket: Socket): void => {
    open.add(socket);
    // What a cut connection says is known already.
    socket.on('error', () => undefined);
    socket.once('close', () => open.delete(socket));
  };

  const listener = createServer({ allowHalfOpen: true }, (client) => void hand(client));
  listener.listen(options.port, '127.0.0.1');
  await once(listener, 'listening');
  return {
    port: options.port,
    reset() {
      const sockets = [...open];
      for (const socket of sockets) cut(socket);
      return sockets.length;
    },
    cutAnswers(count) {
      toCut += count;
    },
    get answersCut() {
      return answersCut;
    },
    async close() {
      for (const socket of open) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}

/** RST where there is such a thing; the Unix socket of a database only closes. */
function cut(socket: Socket): void {
  if (socket.remoteAddress === undefined) socket.destroy();
  else socket.resetAndDestroy();
}
