/**
 * The server of one cell. It notes what it received byte by byte, counts what it could write, and has a second port on
 * which the application's process says how far it is, so that nothing depends on time.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type * as http from 'node:http';
import * as net from 'node:net';
import type { Duplex } from 'node:stream';
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import type { Scenario } from '../scenario.ts';
import { createCellServer, isClosed } from './servers.ts';
import type { Tls } from './servers.ts';
import { upgradeExchange } from './session.ts';

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
  takeRun(): Promise<ServedRun>;
  close(): void;
}

/** A writer that waits for its reader, and was found unchanged so often, can write nothing more. */
const QUIET_MS = 50;
const QUIET_TIMES = 4;
/** One that does not wait may be slow. */
const QUIET_TIMES_UNBLOCKED = 60;
/** More than a request takes from the socket to its note. */
const TURNS_BEHIND = 10;

export async function startCellServer(scenario: Scenario, tls: Tls | null, h2: boolean): Promise<CellServer> {
  let run: LiveRun = newRun();
  const sockets = new Set<Duplex>();
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
  const arrive = (req: http.IncomingMessage): { readonly nth: number; readonly note: (line: string) => void } => {
    const { requests } = run;
    const nth = requests.push(head(req));
    return {
      nth,
      note(line) {
        requests[nth - 1] += `\n${line}`;
      },
    };
  };
  const handler = (req: http.IncomingMessage, res: http.ServerResponse): void => {
    const current = run;
    const { nth, note } = arrive(req);
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
        note(`${body.length} bytes ${createHash('sha256').update(body).digest('hex').slice(0, 16)}`);
        return body;
      },
      async released() {
        await until(() => current.tickets > 0);
        current.tickets -= 1;
      },
      async write(bytes) {
        if (isClosed(res)) return false;
        current.written += Buffer.byteLength(bytes);
        if (!res.write(bytes)) {
          current.blocked += 1;
          await drainedOrClosed(res);
          current.blocked -= 1;
        }
        return !isClosed(res);
      },
    };
    tell();
    Promise.resolve(scenario.serve(exchange)).catch(() => res.destroy());
  };
  const server = createCellServer(tls, h2, handler);
  const keep = (socket: Duplex): void => {
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
  if (scenario.upgrade !== undefined) {
    server.on('upgrade', (req: http.IncomingMessage, socket: Duplex, first: Buffer) => {
      keep(socket);
      const { note } = arrive(req);
      tell();
      scenario.upgrade?.(upgradeExchange(req, socket, first, note)).catch(() => socket.destroy());
    });
  }

  const commands: Record<string, (argument: number) => Promise<void>> = {
    arrived: (count) => until(() => run.requests.length >= count),
    go: () => {
      run.tickets += 1;
      tell();
      return Promise.resolve();
    },
    stalled: () => stalled(run),
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
    async takeRun() {
      // What a process sent before it ended is here: to accept it, to read it and to note it takes a turn each.
      for (let i = 0; i < TURNS_BEHIND; i += 1) await turn();
      for (const socket of sockets) socket.destroy();
      const taken = run;
      run = newRun();
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

interface LiveRun extends ServedRun {
  written: number;
  /** Writers that wait for their reader. */
  blocked: number;
  /** How often the application has said `go` and nobody has waited for it yet. */
  tickets: number;
}

function newRun(): LiveRun {
  return { requests: [], connections: 0, amounts: [], written: 0, blocked: 0, tickets: 0 };
}

/** Waits until nothing more can be written, and notes how much it was. */
async function stalled(run: LiveRun): Promise<void> {
  let before = 0;
  for (let quiet = 0; quiet < (run.blocked > 0 ? QUIET_TIMES : QUIET_TIMES_UNBLOCKED); quiet += 1) {
    await delay(QUIET_MS);
    // What has arrived meanwhile comes before the look at it.
    await turn();
    await turn();
    if (run.written !== before) quiet = -1;
    before = run.written;
  }
  run.amounts.push(run.written);
}
/** Names and values as they came, in their order; our own ports are the same in both runs. */
function head(req: http.IncomingMessage): string {
  const lines = [`${req.method} ${req.url}`];
  for (let i = 0; i < req.rawHeaders.length; i += 2) {
    const name = req.rawHeaders[i];
    lines.push(`${name}: ${name?.toLowerCase() === 'sec-websocket-key' ? 'by chance' : req.rawHeaders[i + 1]}`);
  }
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
