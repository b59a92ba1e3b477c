/** WebSockets, which all have the interface of browsers. Every event is logged when it comes. */
import { createHash } from 'node:crypto';
import type { ClientSetup } from './client.ts';

interface SocketEvent {
  readonly data?: unknown;
  readonly code?: number;
  readonly reason?: string;
  readonly wasClean?: boolean;
  readonly message?: string;
}
interface Socket {
  binaryType: string;
  readonly protocol: string;
  readonly extensions: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(data: string | Uint8Array): void;
  close(code?: number, reason?: string): void;
  addEventListener(name: string, listener: (event: SocketEvent) => void): void;
}
type MakeSocket = new (url: string) => Socket;

export interface Talk {
  send(message: string | Uint8Array): void;
  /** The next message, as text; null when the connection has ended. */
  next(): Promise<string | null>;
  close(code?: number, reason?: string): void;
}

/** @param atOpen is sent from the listener of the first event. */
export type OpenTalk = (url: string, atOpen?: string) => Promise<Talk | null>;

export async function openTalk(library: string, setup: ClientSetup): Promise<OpenTalk> {
  const make = await constructorOf(library, setup);
  return (url, atOpen) =>
    new Promise((resolve) => {
      const socket: Socket = new make(url);
      socket.binaryType = 'arraybuffer';
      const arrived: (string | null)[] = [];
      let wake = (): void => {};
      const push = (message: string | null): void => {
        arrived.push(message);
        wake();
      };
      const own = (): string => `${socket.constructor.name} ${Object.keys(socket).join()}`;
      socket.addEventListener('message', ({ data }) => {
        const bytes = typeof data === 'string' ? Buffer.from(data) : Buffer.from((data ?? '') as ArrayBuffer);
        const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
        setup.log(`message ${typeof data} ${bytes.length} ${hash}`);
        push(bytes.toString());
      });
      socket.addEventListener('error', ({ message }) => {
        setup.log(`error ${String(message)}`);
        // Before undici 7, and Node 24, no `close` comes after it.
        if (['undici5', 'undici6'].includes(library) || process.versions.node.startsWith('22.')) resolve(null);
      });
      socket.addEventListener('close', ({ code, reason, wasClean }) => {
        setup.log(`close ${code} "${reason}" ${wasClean}; ${own()}`);
        push(null);
        resolve(null);
      });
      socket.addEventListener('open', () => {
        setup.log(`open "${socket.protocol}" "${socket.extensions}" ${socket.readyState}; ${own()}`);
        if (atOpen !== undefined) socket.send(atOpen);
        resolve({
          send(message) {
            socket.send(message);
          },
          close: (code, reason) => socket.close(code, reason),
          async next() {
            while (arrived.length === 0) {
              await new Promise<void>((go) => {
                wake = go;
              });
            }
            return arrived.shift() ?? null;
          },
        });
      });
    });
}

async function constructorOf(library: string, setup: ClientSetup): Promise<MakeSocket> {
  if (library === 'WebSocket') return WebSocket;
  // `ws` is the class itself, undici has one among others.
  const module = (await setup.load(library)) as { readonly WebSocket?: MakeSocket; readonly default: MakeSocket };
  return module.WebSocket ?? module.default;
}
