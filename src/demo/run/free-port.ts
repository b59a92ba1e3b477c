/** Waits for what an earlier run, killed a moment ago, still holds. */
import { createConnection } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** Resolves when nobody listens there, or after the patience: whoever needs the port then says who has it. */
export async function waitForFreePort(port: number, patienceMs: number): Promise<void> {
  if (port === 0) return;
  const deadline = Date.now() + patienceMs;
  while ((await taken(port)) && Date.now() < deadline) await pause(200);
}

function taken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
