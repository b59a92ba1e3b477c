/** The server's side of one WebSocket, and of an upgrade to anything else. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { RawData, WebSocket } from 'ws';

export interface UpgradeExchange {
  readonly req: IncomingMessage;
  readonly socket: Duplex;
  /** Accepts a WebSocket; with `compress` if the client offers compression. */
  accept(compress: boolean): Promise<ServerSession>;
}

export interface ServerSession {
  /** A text, or a binary message; in pieces of `pieceLength`, with a ping after the first, where it is given. */
  tell(message: string | Buffer, pieceLength?: number): void;
  /** What the client says next; null when it has left. */
  heard(): Promise<string | null>;
  close(code: number, reason: string): void;
  /** Without a word. */
  terminate(): void;
}

/** @param note is told each message of the client. */
export function upgradeExchange(
  req: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  note: (line: string) => void,
): UpgradeExchange {
  return {
    req,
    socket,
    accept: (compress) =>
      new Promise((resolve) => {
        const server = new WebSocketServer({ noServer: true, perMessageDeflate: compress ? { threshold: 0 } : false });
        server.handleUpgrade(req, socket, head, (session) => resolve(serverSession(session, note)));
      }),
  };
}

function serverSession(session: WebSocket, note: (line: string) => void): ServerSession {
  const messages: (string | null)[] = [];
  let wake = (): void => {};
  const push = (message: string | null): void => {
    messages.push(message);
    wake();
  };
  session.on('error', () => {});
  session.on('message', (data: RawData, isBinary: boolean) => {
    const text = (data as Buffer).toString();
    note(`heard ${isBinary ? 'bytes' : 'text'} ${text.slice(0, 200)} ${text.length}`);
    push(text);
  });
  session.on('close', (code: number, reason: Buffer) => {
    note(`left with ${code} ${reason.toString()}`);
    push(null);
  });
  return {
    tell(message, pieceLength = Number.POSITIVE_INFINITY) {
      for (let at = 0; at < message.length; at += pieceLength) {
        const fin = at + pieceLength >= message.length;
        session.send(typeof message === 'string' ? message.slice(at, at + pieceLength) : message, { fin });
        if (at === 0 && !fin) session.ping('between');
      }
    },
    async heard() {
      while (messages.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return messages.shift() ?? null;
    },
    close: (code, reason) => session.close(code, reason),
    terminate: () => session.terminate(),
  };
}
