/** Connections that only cost: thousands say nothing, hundreds say it one byte at a time, some say all but the end. */
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { MAX_BODY_BYTES } from '../../src/ledger/receive/limits.ts';

export interface Crowd {
  readonly open: number;
  leave(): void;
}

const SLOW =
  'POST /v1/logs HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"resourceLogs":[';
const BYTE_EVERY_MS = 400;
const REJOIN_MS = 3000;
const CONNECT_AT_ONCE = 100;

/** A body as large as is taken, which lacks its last byte. */
const UNFINISHED = Buffer.concat([
  Buffer.from(
    `POST /v1/logs HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${MAX_BODY_BYTES}\r\n\r\n`,
  ),
  Buffer.alloc(MAX_BODY_BYTES - 1, ' '),
]);

export interface CrowdSize {
  readonly idle: number;
  readonly slow: number;
  readonly unfinished: number;
}

/** Who is sent away comes back. */
export async function gather(port: number, { idle, slow, unfinished }: CrowdSize): Promise<Crowd> {
  let gone = false;
  const open = new Set<Socket>();
  const join = (say: ((socket: Socket) => void) | null): Promise<void> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('connect', () => {
        open.add(socket);
        say?.(socket);
        resolve();
      });
      socket.on('error', () => resolve());
      socket.on('close', () => {
        open.delete(socket);
        if (!gone) setTimeout(() => void join(say), REJOIN_MS);
      });
      // Otherwise a closed connection would stay half open.
      socket.resume();
    });
  const drip = (socket: Socket): void => {
    let position = 0;
    const timer = setInterval(() => {
      socket.write(SLOW.charAt(position) || ' ');
      position += 1;
    }, BYTE_EVERY_MS);
    socket.on('close', () => clearInterval(timer));
  };
  for (let joined = 0; joined < idle; joined += CONNECT_AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(CONNECT_AT_ONCE, idle - joined) }, () => join(null)));
  }
  await Promise.all(Array.from({ length: slow }, () => join(drip)));
  const hoard = (socket: Socket): void => void socket.write(UNFINISHED);
  await Promise.all(Array.from({ length: unfinished }, () => join(hoard)));
  return {
    get open() {
      return open.size;
    },
    leave() {
      gone = true;
      for (const socket of open) socket.destroy();
    },
  };
}
