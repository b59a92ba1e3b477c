/** Many hostile requests at once, with bombs among them. */
import type { Body, Random } from './bodies.ts';
import { pick } from './bodies.ts';
import { keptConnection } from './kept-connection.ts';
import { hostileRequest, posted } from './requests.ts';
import type { HostileRequest } from './requests.ts';
import { send } from './send.ts';
import type { Outcome } from './send.ts';

export interface ApiPath {
  readonly path: string;
  readonly method: string;
  readonly parameters: readonly string[];
}

export interface AttackOptions {
  readonly port: number;
  readonly count: number;
  readonly random: Random;
  readonly paths: readonly ApiPath[];
  /** What unpacks to a lot, or is a lot. */
  readonly heavy: readonly Body[];
  readonly say: (line: string) => void;
}

export interface AttackReport {
  /** How often each kind of request ended in which way. */
  readonly outcomes: ReadonlyMap<string, number>;
  /** Requests to which the ledger said 500, and as many of their first bytes as help. */
  readonly failures: readonly string[];
}

const AT_ONCE = 32;
/** One request in so many is a heavy one, and each is sent at least once. */
const HEAVY_EVERY = 400;
const HEAVY_PATIENCE_MS = 30_000;

export async function attack(options: AttackOptions): Promise<AttackReport> {
  const { port, count, random, heavy, say } = options;
  const host = `127.0.0.1:${port}`;
  const outcomes = new Map<string, number>();
  const failures: string[] = [];
  let sent = 0;

  const note = (request: HostileRequest, outcome: Outcome): void => {
    const key = `${request.kind}: ${outcome}`;
    outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
    if (outcome === 500 && failures.length < 20) failures.push(request.bytes.toString('latin1', 0, 300));
  };
  const worker = async (): Promise<void> => {
    const kept = keptConnection(port);
    while (sent < count) {
      const number = (sent += 1);
      if (number % Math.ceil(count / 10) === 0) say(`${number} requests`);
      if (number % HEAVY_EVERY === 0) {
        const body = heavy[(number / HEAVY_EVERY) % heavy.length]!;
        const request: HostileRequest = { kind: 'bomb', bytes: posted('/v1/logs', body, host), then: 'wait' };
        note(request, await send(port, request, HEAVY_PATIENCE_MS));
      } else {
        const request = hostileRequest(host, options.paths, random);
        note(request, await (request.then === 'keep' ? kept.send(request) : send(port, request)));
      }
    }
    kept.close();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  // And a dozen at the same moment, while nobody waits for one to end.
  say('bombs, all at once');
  await Promise.all(
    Array.from({ length: 12 }, async () => {
      const request: HostileRequest = {
        kind: 'bomb',
        bytes: posted('/v1/logs', pick(heavy, random), host),
        then: 'wait',
      };
      note(request, await send(port, request, HEAVY_PATIENCE_MS));
    }),
  );
  return { outcomes, failures };
}
