import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the range that outgoing connections take theirs from on Linux (32768) and elsewhere (49152). */
const FIRST = 15_000;
const LAST = 32_000;

/**
 * Loopback ports that are free now and stay so while their owner is down: an ordinary free port could be taken by an
 * outgoing connection before the owner is back.
 */
export async function lastingPorts(count: number, random: () => number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = FIRST + Math.floor(random() * (LAST - FIRST));
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
