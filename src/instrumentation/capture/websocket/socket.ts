/**
 * Follows the socket of an upgrade by overriding two of its methods: whichever way the application reads, each piece
 * passes through `emit('data')`, and each frame that it sends through `write`. No listener is added, the flow is not
 * touched.
 */
import type { Duplex } from 'node:stream';
import type { Headers } from '@wiretally/usage';
import type { Attempt } from '../attempt.ts';
import type { Capture } from '../capture.ts';
import { failureOf } from '../failure.ts';
import { guard } from '../guard.ts';
import { createOverride } from '../override.ts';
import { SESSION } from '../process-keys.ts';
import { Connection } from './connection.ts';
import { TurnSession, WholeSession } from './session.ts';

type Socket = Duplex & { [SESSION]?: Connection | undefined };

export interface SessionWatch {
  /**
   * Call it before the application gets the socket: what came with the answer's head still lies in it.
   *
   * @param attempt the upgrade, answered. Where turns are known it ends here, without a record; else it goes on until the
   *   connection ends.
   */
  open(attempt: Attempt, socket: unknown, headers: Headers): void;
  /** No turn begins any more; those under way go on to their end. */
  stop(): void;
}

export function createSessionWatch(capture: Capture): SessionWatch {
  const { counters } = capture;
  let on = true;

  const onEvent = createOverride<Socket>(
    (original) =>
      function (...args) {
        const [event] = args;
        if (event === 'data') guard(counters, 'response-body', received, this[SESSION], args[1], undefined);
        else if (event === 'error') guard(counters, 'end', failed, this[SESSION], args[1], undefined);
        else if (event === 'close') guard(counters, 'end', closed, this, undefined, undefined);
        return original.apply(this, args);
      },
  );
  const onWrite = createOverride<Socket>(
    (original) =>
      function (...args) {
        guard(counters, 'request-body', sent, this[SESSION], args[0], undefined);
        return original.apply(this, args);
      },
  );

  return {
    open(attempt, socket, headers) {
      if (!isSocket(socket)) {
        attempt.end(null);
        return;
      }
      const { provider, method, url } = attempt.start;
      const protocol = provider.session?.(method, url) ?? null;
      const conversation =
        protocol === null ? new WholeSession(attempt) : new TurnSession(capture, attempt, headers, protocol, () => on);
      socket[SESSION] = new Connection(capture, conversation, headers);
      onEvent(socket, 'emit');
      onWrite(socket, 'write');
      if (protocol !== null) attempt.becomeSession();
    },
    stop() {
      on = false;
    },
  };
}

function isSocket(socket: unknown): socket is Socket {
  return (
    typeof socket === 'object' &&
    socket !== null &&
    'emit' in socket &&
    'write' in socket &&
    typeof socket.emit === 'function' &&
    typeof socket.write === 'function'
  );
}

function received(connection: Connection | undefined, chunk: unknown): void {
  if (chunk instanceof Uint8Array) connection?.received(chunk);
}

function sent(connection: Connection | undefined, chunk: unknown): void {
  if (chunk instanceof Uint8Array) connection?.sent(chunk);
}

function failed(connection: Connection | undefined, error: unknown): void {
  connection?.failed(failureOf(error));
}

function closed(socket: Socket): void {
  const connection = socket[SESSION];
  socket[SESSION] = undefined;
  connection?.close();
}
