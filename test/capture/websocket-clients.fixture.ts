/** WebSockets as programs open them; all have the interface of browsers. */
import { WebSocket as Undici8 } from 'undici';
import { WebSocket as Undici5 } from 'undici5';
import { WebSocket as Undici6 } from 'undici6';
import { WebSocket as Undici7 } from 'undici7';
import { WebSocket as Ws } from 'ws';

export interface Talk {
  send(text: string | Uint8Array): void;
  /** The next message, as text. */
  next(): Promise<string>;
  /** Messages until the connection ends. */
  rest(): Promise<string[]>;
  close(): void;
}

interface Socket {
  binaryType: string;
  send(data: string | Uint8Array): void;
  close(): void;
  addEventListener(name: string, listener: (event: { readonly data?: unknown }) => void): void;
}

export interface SocketClient {
  readonly name: string;
  /** False for undici 5: it gives pieces of a text to the program as `null`. */
  readonly joinsFragments: boolean;
  readonly open: (url: string) => Promise<Talk>;
}

const ENDED = Symbol('ended');

function client(name: string, make: (url: string) => unknown): SocketClient {
  return {
    name,
    joinsFragments: name !== 'undici 5',
    open: (url) =>
      new Promise((resolve, reject) => {
        const socket = make(url) as Socket;
        socket.binaryType = 'arraybuffer';
        const arrived: (string | typeof ENDED)[] = [];
        let wake = () => {};
        const push = (message: string | typeof ENDED) => {
          arrived.push(message);
          wake();
        };
        const take = async () => {
          while (arrived.length === 0) await new Promise<void>((go) => (wake = go));
          return arrived.shift()!;
        };
        socket.addEventListener('message', ({ data }) =>
          push(typeof data === 'string' ? data : Buffer.from(data as ArrayBuffer).toString()),
        );
        socket.addEventListener('error', () => reject(new Error('refused')));
        socket.addEventListener('close', () => push(ENDED));
        socket.addEventListener('open', () =>
          resolve({
            send: (text) => socket.send(text),
            close: () => socket.close(),
            async next() {
              const message = await take();
              if (message === ENDED) throw new Error('the connection ended');
              return message;
            },
            async rest() {
              const all: string[] = [];
              for (;;) {
                const message = await take();
                if (message === ENDED) return all;
                all.push(message);
              }
            },
          }),
        );
      }),
  };
}

export const SOCKET_CLIENTS: readonly SocketClient[] = [
  client('the global WebSocket', (url) => new WebSocket(url)),
  client('undici 5', (url) => new Undici5(url)),
  client('undici 6', (url) => new Undici6(url)),
  client('undici 7', (url) => new Undici7(url)),
  client('undici 8', (url) => new Undici8(url)),
  client('ws', (url) => new Ws(url, { perMessageDeflate: { threshold: 0 } })),
  client(
    'ws without context',
    (url) =>
      new Ws(url, {
        perMessageDeflate: { threshold: 0, clientNoContextTakeover: true, serverNoContextTakeover: true },
      }),
  ),
  client('ws without compression', (url) => new Ws(url, { perMessageDeflate: false })),
];
