import { connect } from 'node:net';
import type { HostileRequest } from './requests.ts';

/** A status, or what became of the connection instead. */
export type Outcome = number | 'closed' | 'silent' | 'refused';

/** Longer than the ledger lets a request take to send its headers; a silent one is closed by us. */
export const SILENT_MS = 2000;

/** On a connection of its own. Never rejects. */
export function send(port: number, request: HostileRequest, silentMs = SILENT_MS): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    let connected = false;
    let status: number | null = null;
    const done = (outcome: Outcome): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(outcome);
    };
    const timer = setTimeout(() => done('silent'), silentMs);
    socket.on('connect', () => {
      connected = true;
      socket.write(request.bytes, () => {
        if (request.then === 'end') socket.end();
        else if (request.then === 'destroy') done('closed');
      });
    });
    socket.on('data', (answer: Buffer) => {
      status ??= Number(/^HTTP\/1\.1 (\d{3})/.exec(answer.toString('latin1', 0, 16))?.[1] ?? Number.NaN);
      done(Number.isNaN(status) ? 'closed' : status);
    });
    socket.on('error', () => done(connected ? 'closed' : 'refused'));
    socket.on('end', () => done('closed'));
    socket.on('close', () => done(status ?? 'closed'));
  });
}
