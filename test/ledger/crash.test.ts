/** Real processes, killed with SIGKILL: what was acknowledged is there, once, and every rollup equals its rows. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPostmaster } from '../../src/ledger/embedded/postmaster-file.ts';
import { openLedger } from '../../src/ledger/ledger.ts';
import { startSink } from './child.ts';
import type { SinkChild } from './child.ts';
import { QUICK_SETTINGS, temporaryFolder } from './harness.ts';

let dataDir: string;
let remove: () => Promise<void>;
const children: SinkChild[] = [];
const start = (...args: string[]): SinkChild => {
  const child = startSink(dataDir, ...args);
  children.push(child);
  return child;
};
beforeEach(async () => {
  ({ dataDir, remove } = await temporaryFolder());
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    child.process.kill('SIGKILL');
    await child.exited;
  }
  // Adopts what the killed ones left, and stops it as its last user.
  await (await openLedger({ dataDir })).close();
  expect(await postmasterPid()).toBeNull();
  await remove();
});

const cluster = (): string => join(dataDir, '18');
const postmasterPid = async (): Promise<number | null> => (await findPostmaster(cluster()))?.pid ?? null;

/** Opens the folder again and holds what is there to what was acknowledged. */
async function expectAllOnce(acknowledged: readonly string[]): Promise<void> {
  const ledger = await openLedger({ dataDir, serverSettings: QUICK_SETTINGS });
  try {
    const { rows } = await ledger.pool.query<{ id: string }>('select id from wiretally_private.calls');
    const stored = rows.map(({ id }) => id);
    expect(new Set(stored).size).toBe(stored.length);
    const there = new Set(stored);
    expect(acknowledged.filter((id) => !there.has(id))).toEqual([]);
    expect((await ledger.audit()).differences).toEqual([]);
  } finally {
    await ledger.close();
  }
}

describe('the embedded ledger under SIGKILL', () => {
  it('loses nothing when it is killed itself; the next start adopts the server that survived', async () => {
    const acknowledged: string[] = [];
    let server: number | null = null;
    for (const count of [100, 300, 50]) {
      const sink = start();
      await sink.reached(count);
      sink.process.kill('SIGKILL');
      await sink.exited;
      acknowledged.push(...sink.acknowledged());
      const pid = await postmasterPid();
      expect(pid).not.toBeNull();
      // One and the same server all the time.
      server ??= pid;
      expect(pid).toBe(server);
    }
    await expectAllOnce(acknowledged);
  });

  it('starts PostgreSQL again when that is killed, and goes on without a restart of its own', async () => {
    const sink = start();
    await sink.reached(100);
    for (let kills = 0; kills < 3; kills += 1) {
      const pid = (await postmasterPid())!;
      process.kill(pid, 'SIGKILL');
      await expect
        .poll(async () => (await postmasterPid()) ?? pid, { timeout: 30_000, message: 'another server' })
        .not.toBe(pid);
      await sink.goneOn(200);
    }
    sink.process.kill('SIGTERM');
    expect(await sink.exited).toBe(0);
    expect(await postmasterPid()).toBeNull();
    await expectAllOnce(sink.acknowledged());
  });

  it('serves several processes on one folder: the last that leaves stops the server', async () => {
    const sinks = [start('1'), start('2'), start('3')];
    await Promise.all(sinks.map((sink) => sink.reached(200)));
    const pid = await postmasterPid();
    const [first, second, third] = sinks as [SinkChild, SinkChild, SinkChild];
    first.process.kill('SIGTERM');
    expect(await first.exited).toBe(0);
    second.process.kill('SIGKILL');
    await second.exited;
    await third.goneOn(100);
    expect(await postmasterPid()).toBe(pid);
    third.process.kill('SIGTERM');
    expect(await third.exited).toBe(0);
    expect(await postmasterPid()).toBeNull();
    await expectAllOnce(sinks.flatMap((sink) => sink.acknowledged()));
  });

  it('comes back when the ledger and PostgreSQL are killed together, as by a power cut', async () => {
    const sink = start();
    await sink.reached(150);
    process.kill((await postmasterPid())!, 'SIGKILL');
    sink.process.kill('SIGKILL');
    await sink.exited;
    expect(await readFile(join(cluster(), 'postmaster.pid'), 'utf8')).toMatch(/^\d+/);
    await expectAllOnce(sink.acknowledged());
  });
});
