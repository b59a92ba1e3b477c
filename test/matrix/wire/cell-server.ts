/**
 * The server of one cell. It notes what it received byte by byte, counts what it could write, and has a second port on
 * which the application's process says how far it is, so that nothing depends on time.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import * as http from 'node:http';
import * as https from 'node:https';
import * as net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface ServerExchange {
  readonly req: http.IncomingMessage;
  readonly res: http.ServerResponse;
  readonly path: string;
  /** Number of this request in the cell, from 1. */
  readonly nth: number;
  /** Reads and notes the request's body. */
  body(): Promise<Buffer>;
  /** Resolves each time the application has said `go`. */
  released(): Promise<void>;
  /** Writes as fast as the client takes it; false where the connection has closed. */
  write(bytes: Buffer | string): Promise<boolean>;
}

/** What one run of the application looked like from here. */
export interface ServedRun {
  /** Requests in order of arrival, as they were on the wire. */
  readonly requests: string[];
  connections: number;
  /** Bytes that were written at each moment the application asked for it. */
  readonly amounts: number[];
}

export interface CellServer {
  readonly port: number;
  readonly controlPort: number;
  /** Ends what is open and hands over what was seen since the last time. */
  takeRun(): ServedRun;
  close(): void;
}

export interface Tls {
  readonly cert: string;
  readonly key: string;
}

/** Quiet for so long means that nothing more can be written. */
const STALLED_MS = 150;

export async function startCellServer(
  serve: (exchange: ServerExchange) => Promise<void> | void,
  tls: Tls | null,
): Promise<CellServer> {
  let run = newRun();
  const sockets = new Set<net.Socket>();
  let arrived = 0;
  let written = 0;
  let tickets = 0;
  const changed = new Set<() => void>();
  const tell = (): void => {
    for (const check of changed) check();
  };
  const until = (holds: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (!holds()) return;
        changed.delete(check);
        resolve();
      };
      changed.add(check);
      check();
    });

  const amountWritten = (): number => written;
  const thisRun = (): ServedRun => run;

  const handler = (req: http.IncomingMessage, res: http.ServerResponse): void => {
    arrived += 1;
    const nth = arrived;
    const { requests } = run;
    const index = requests.push(head(req)) - 1;
    // A socket that breaks is what some scenarios are about.
    res.on('error', () => {});
    const exchange: ServerExchange = {
      req,
      res,
      nth,
      path: req.url ?? '/',
      async body() {
        const chunks: Buffer[] = [];
        for await (const chunk of req) chunks.push(chunk as Buffer);
        const body = Buffer.concat(chunks);
        requests[index] += `\n${body.length} bytes ${createHash('sha256').update(body).digest('hex').slice(0, 16)}`;
        return body;
      },
      async released() {
        await until(() => tickets > 0);
        tickets -= 1;
      },
      async write(bytes) {
        if (res.destroyed) return false;
        written += Buffer.byteLength(bytes);
        if (!res.write(bytes)) await drainedOrClosed(res);
        return !res.destroyed;
      },
    };
    tell();
    Promise.resolve(serve(exchange)).catch(() => res.destroy());
  };
  const server = tls === null ? http.createServer(handler) : https.createServer(tls, handler);
  const keep = (socket: net.Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  };
  server.on('connection', (socket: net.Socket) => {
    run.connections += 1;
    keep(socket);
  });
  server.on('secureConnection', keep);
  // What a server says to a handshake that fails is of no interest here.
  server.on('tlsClientError', () => {});

  const commands: Record<string, (argument: number) => Promise<void>> = {
    arrived: (count) => until(() => arrived >= count),
    go: () => {
      tickets += 1;
      tell();
      return Promise.resolve();
    },
    async stalled() {
      const current = run;
      let before;
      do {
        before = written;
        await delay(STALLED_MS);
      } while (current === thisRun() && (before === 0 || before !== amountWritten()));
      current.amounts.push(written);
    },
  };
  const control = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (line: Buffer) => {
      const [command = '', argument = '0'] = line.toString().trim().split(' ');
      void commands[command]?.(Number(argument)).then(() => socket.end('done\n'));
    });
  });

  await Promise.all([listening(server), listening(control)]);
  return {
    port: (server.address() as net.AddressInfo).port,
    controlPort: (control.address() as net.AddressInfo).port,
    takeRun() {
      for (const socket of sockets) socket.destroy();
      const taken = run;
      run = newRun();
      arrived = 0;
      written = 0;
      tickets = 0;
      changed.clear();
      return taken;
    },
    close() {
      control.close();
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function newRun(): ServedRun {
  return { requests: [], connections: 0, amounts: [] };
}

/** Names and values as they came, in their order; our own ports are the same in both runs. */
function head(req: http.IncomingMessage): string {
  const lines = [`${req.method} ${req.url}`];
  for (let i = 0; i < req.rawHeaders.length; i += 2) lines.push(`${req.rawHeaders[i]}: ${req.rawHeaders[i + 1]}`);
  return lines.join('\n');
}

function drainedOrClosed(res: http.ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      res.off('drain', done);
      res.off('close', done);
      resolve();
    };
    res.on('drain', done);
    res.on('close', done);
  });
}

async function listening(server: net.Server): Promise<void> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}
