/** A connection that is used again and again, until the ledger closes it. */
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { HostileRequest } from './requests.ts';
import { SILENT_MS } from './send.ts';
import type { Outcome } from './send.ts';

export interface KeptConnection {
  /** One request at a time. Never rejects. */
  send(request: HostileRequest): Promise<Outcome>;
  close(): void;
}

export function keptConnection(port: number): KeptConnection {
  let open: Socket | null = null;

  const connected = (): Socket => {
    if (open !== null && !open.destroyed && open.writable) return open;
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    // Told by 'close'.
    socket.on('error', () => undefined);
    open = socket;
    return socket;
  };
  return {
    send: (request) =>
      new Promise((resolve) => {
        const socket = connected();
        let answer = '';
        const done = (outcome: Outcome, reusable: boolean): void => {
          clearTimeout(timer);
          socket.off('data', take);
          socket.off('close', closed);
          if (!reusable) socket.destroy();
          resolve(outcome);
        };
        const take = (chunk: Buffer): void => {
          answer += chunk.toString('latin1');
          const found = wholeAnswer(answer);
          if (found !== null) done(found.status, found.reusable);
        };
        const closed = (): void => done(statusOf(answer) ?? 'closed', false);
        const timer = setTimeout(() => done('silent', false), SILENT_MS);
        socket.on('data', take);
        socket.once('close', closed);
        socket.write(request.bytes);
      }),
    close: () => void open?.destroy(),
  };
}

function statusOf(answer: string): number | null {
  const status = /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1];
  return status === undefined ? null : Number(status);
}

/** Null until it is all there. */
function wholeAnswer(answer: string): { readonly status: number; readonly reusable: boolean } | null {
  const end = answer.indexOf('\r\n\r\n');
  if (end === -1) return null;
  const head = answer.slice(0, end).toLowerCase();
  const body = answer.slice(end + 4);
  const length = /\r\ncontent-length: (\d+)/.exec(head)?.[1];
  const whole = length === undefined ? body.endsWith('0\r\n\r\n') || / 204 /.test(head) : body.length >= Number(length);
  const status = statusOf(answer);
  return whole && status !== null ? { status, reusable: !/\r\nconnection: close/.test(head) } : null;
}
