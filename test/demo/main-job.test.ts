/** `npm start` from end to end: real ledger, real services, real kills. All on one data folder, one after the other. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processesWith, servedCalls, startDemo, storedCalls, until } from './demo-run.fixture.ts';

let folder: string;
let data: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wiretally-demo-'));
  data = join(folder, 'postgres');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const AGREES = 'They agree, model by model, to the token and to 1e-9 USD';
/** Attempts of all scenarios, once. */
const CALLS_A_ROUND = 40;

describe('the main job', { timeout: 180_000 }, () => {
  it('ends with exit code 0 after the report, when the ledger has what was served', async () => {
    const run = await startDemo(data, '--once', '--rounds', '1');
    const code = await run.ended;
    expect(run.output()).toContain(AGREES);
    expect(run.output()).toMatch(/AI token usage report[\s\S]*openai[\s\S]*gpt-4o-mini/);
    expect(code).toBe(0);
  });

  it('finds the data of the run before, and has every call once though the ledger is killed in the middle', async () => {
    const run = await startDemo(data, '--once', '--rounds', '2', '--kill-ledger');
    let stored = 0;
    const watching = until(async () => {
      stored = Math.max(stored, await storedCalls(run).catch(() => 0));
      return run.process.exitCode !== null;
    });
    const code = await run.ended;
    await watching;
    expect(run.output()).toContain('The ledger ended (SIGKILL); starting it again.');
    expect(run.output()).toContain(AGREES);
    expect(code).toBe(0);
    expect(stored).toBe(CALLS_A_ROUND * 3);
  });

  it('stops at Ctrl-C with nothing lost and nobody left behind', async () => {
    const run = await startDemo(data);
    await until(async () => (await servedCalls(run)) > 20);
    // Named by baggage, by `withUsageContext`, or by the provider's own field in the request.
    for (const caller of ['user_id=1001', 'user_id=1003', 'user_id=noor', 'team=studio'])
      await until(async () => (await storedCalls(run, caller)) > 0);
    run.process.kill('SIGINT');
    expect(await run.ended).toBe(0);
    expect(run.output()).toContain(AGREES);
    expect(await processesWith(folder)).toEqual([]);
  });

  it('leaves nobody behind when it is killed itself, and starts again on the same folder', async () => {
    const killed = await startDemo(data);
    await until(async () => (await servedCalls(killed)) > 20);
    killed.process.kill('SIGKILL');
    await until(async () => (await processesWith(folder)).length === 0);

    const again = await startDemo(data, '--once', '--rounds', '1');
    expect(await again.ended).toBe(0);
    expect(again.output()).toContain(AGREES);
  });

  it('says what to change where the data folder cannot be used', async () => {
    const run = await startDemo('/dev/null/postgres', '--once');
    expect(await run.ended).toBe(1);
    expect(run.output()).toMatch(/The ledger did not start\.\n.*WIRETALLY_DATA/);
  });
});
