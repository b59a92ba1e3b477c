import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../ledger/harness.ts';
import { runCli, runProcess, startCli, until } from './cli.fixture.ts';
import { call, openTestLedger, refused } from './ledger.fixture.ts';
import type { TestLedger } from './ledger.fixture.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

let own: TestLedger;
beforeAll(async () => {
  own = await openTestLedger();
  const at = new Date(Date.now() - 3_600_000);
  await own.send([
    call({ at, costUsd: '0.25', sessionId: 's-1', userId: 'ann', tags: { project: 'atlas' } }),
    call({ at, costUsd: '0.5', provider: 'gcp.gemini', requestModel: 'gemini-2.5-pro', userId: 'bob' }),
    refused({ at, userId: 'ann' }),
  ]);
});
afterAll(() => own.close());

const data = (): string[] => ['--database', own.databaseUrl];

describe('the command line', () => {
  test('a wrong command line ends the process with 2', async () => {
    const { code, stderr, stdout } = await runProcess(['reprot']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain("unknown command 'reprot'");
  });

  test('a command that is not there is named', async () => {
    const { code, stderr } = await runCli(['run', ...data(), '--', 'no-such-program-anywhere']);
    expect(code).toBe(2);
    expect(stderr).toContain('Cannot run no-such-program-anywhere');
  });

  test('help and version go to stdout and are no errors', async () => {
    expect(await runProcess(['--version'])).toMatchObject({ code: 0, stdout: '0.1.0\n', stderr: '' });
    const help = await runCli(['report', '--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toMatch(/Examples:\n {2}wiretally report/);
  });

  test('report shows providers, models and what is not known; a pipe gets no colours', async () => {
    const { code, stdout } = await runCli(['report', ...data()]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^gemini +1 .*\$0\.5000/m);
    expect(stdout).toMatch(/^openai +gpt-4o-mini +2 +1 .*\$0\.2500/m);
    expect(stdout).toMatch(/^Total +3 .*\$0\.7500/m);
    expect(stdout).toContain('1 call without usage: the provider answered with an error');
    expect(stdout).not.toContain('\u001b');
  });

  test('table commands answer as JSON and CSV with the same numbers', async () => {
    for (const name of ['models', 'daily']) {
      const json = JSON.parse((await runCli([name, '--json', ...data()])).stdout) as { requests: number }[];
      const csv = (await runCli([name, '--format', 'csv', ...data()])).stdout.trimEnd().split('\r\n');
      expect(json.reduce((sum, row) => sum + row.requests, 0)).toBe(3);
      expect(csv).toHaveLength(json.length + 1);
    }
  });

  test('tags group by the key that is asked for, and filter everywhere', async () => {
    const tags = await runCli(['tags', '--tag', 'project', '--format', 'csv', ...data()]);
    expect(tags.stdout).toMatch(/^tag:project,requests/);
    expect(tags.stdout).toMatch(/^atlas,1,/m);
    const filtered = await runCli(['models', '--project', 'atlas', '--json', ...data()]);
    expect(JSON.parse(filtered.stdout)).toMatchObject([{ model: 'gpt-4o-mini', requests: 1 }]);
  });

  test('sessions are listed and shown', async () => {
    expect((await runCli(['sessions', ...data()])).stdout).toMatch(/s-1 .*\$0\.2500/);
    const one = await runCli(['session', 's-1', '--json', ...data()]);
    expect(JSON.parse(one.stdout)).toMatchObject({ session_id: 's-1', total_cost_exact: '0.25' });
    const none = await runCli(['session', 'nobody', ...data()]);
    expect(none).toMatchObject({ code: 1, stdout: '' });
    expect(none.stderr).toContain('There is no session nobody');
  });

  test('prices and estimate need no ledger', async () => {
    const nowhere = { DATABASE_URL: 'postgres://127.0.0.1:1/none' };
    expect((await runCli(['estimate', 'gpt-4o-mini', '--input', '1000000'], nowhere)).stdout).toMatch(/^\$0\.15 for/);
    expect((await runCli(['prices', 'gpt-4o-mini'], nowhere)).stdout).toContain('$0.15 per 1M input tokens');
    const unknown = await runCli(['prices', 'gpt-4o-minni'], nowhere);
    expect(unknown).toMatchObject({ code: 1 });
    expect(unknown.stderr).toContain('gpt-4o-mini');
  });

  test('audit finds this ledger sound, and doctor that this server may lose what it acknowledged', async () => {
    expect(await runCli(['audit', ...data()])).toMatchObject({ code: 0 });
    const { code, stdout } = await runCli(['doctor', ...data()]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/BAD .*fsync/);
    expect(stdout).toContain('No record was refused');
  });

  test('a database that cannot be reached is one line and exit code 1', async () => {
    const { code, stderr } = await runCli(['report', '--database', 'postgres://nobody@127.0.0.1:1/none']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^wiretally: /);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe('wiretally up', () => {
  const ready = (text: string): { url: string; otlpUrl: string | null } | undefined =>
    text
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as { msg: string; url: string; otlpUrl: string | null })
      .find(({ msg }) => msg === 'ready');

  test('serves until SIGINT, then ends with 0', async () => {
    const started = startCli(['up', '--port', '0', '--otlp-port', '0', ...data()]);
    const { url, otlpUrl } = await until(started, () => ready(started.output()));
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect((await fetch(`${otlpUrl}/livez`)).status).toBe(200);
    const remote = await runCli(['report', '--url', url]);
    expect(remote.stdout).toMatch(/^Total +3 /m);
    // What a ledger elsewhere says reads like what one here says.
    for (const words of [
      ['sessions'],
      ['sessions', '--json'],
      ['session', 's-1'],
      ['session', 's-1', '--format', 'csv'],
    ]) {
      expect((await runCli([...words, '--url', url, '--token', 'unused'])).stdout).toBe(
        (await runCli([...words, ...data()])).stdout,
      );
    }
    const none = await runCli(['session', 'nobody', '--url', url]);
    expect(none.code).toBe(1);
    expect(none.stderr).toContain('There is no session "nobody"');
    started.child.kill('SIGINT');
    expect(await started.ended).toMatchObject({ code: 0, signal: null });
  });

  test('on an embedded server, lets others in beside it, ends by SIGTERM, and keeps its records', async () => {
    const { dataDir, remove } = await temporaryFolder();
    const embedded = ['--data', dataDir];
    const started = startCli(['up', '--port', '0', '--otlp-port', 'none', ...embedded]);
    const { url } = await until(started, () => ready(started.output()));
    await fetch(`${url}/api/usage/start-session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"session_id":"s-2"}',
    });
    expect(await runCli(['doctor', ...embedded])).toMatchObject({ code: 0 });
    started.child.kill('SIGTERM');
    expect(await started.ended).toMatchObject({ code: 0, signal: null });
    expect((await runCli(['sessions', ...embedded])).stdout).toContain('s-2');
    await remove();
  });

  test('names who has a port, and the one variable to set instead', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { code, stderr } = await runCli(['up', '--port', String(port), '--otlp-port', 'none', ...data()]);
    server.close();
    expect(code).toBe(2);
    expect(stderr).toContain(`Port ${port} on 127.0.0.1 is taken by`);
    expect(stderr).toContain('set WIRETALLY_PORT to a free port');
    if (process.platform === 'linux') expect(stderr).toContain(`(pid ${process.pid})`);
  });
});

describe('wiretally run', () => {
  let folder: string;
  let port: number;
  const provider = createServer((request, response) => {
    request.resume().on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          id: 'chatcmpl-1',
          object: 'chat.completion',
          model: 'gpt-4o-mini',
          choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
          usage: { prompt_tokens: 1000, completion_tokens: 200, total_tokens: 1200 },
        }),
      );
    });
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
    port = (provider.address() as AddressInfo).port;
    // Inside the repository, where the script finds the instrumentation.
    folder = await mkdtemp(path.join(ROOT, 'test/report/.run-'));
  });
  afterAll(async () => {
    provider.close();
    await rm(folder, { recursive: true, force: true });
  });

  const run = async (script: string) => {
    await writeFile(path.join(folder, 'script.mjs'), script);
    return startCli(
      ['run', ...data(), '--', process.execPath, path.join(folder, 'script.mjs')],
      { WIRETALLY_HOSTS: `127.0.0.1:${port}=openai`, NODE_OPTIONS: '--conditions=wiretally-source' },
      folder,
    );
  };
  const providerCall = (): string => `
    const answer = await fetch('http://127.0.0.1:${port}/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] }),
    });
    console.log((await answer.json()).choices[0].message.content);`;

  test('shows what the script cost, after its own output, with its own exit code', async () => {
    const { code, stdout, stderr } = await (
      await run(
        `${providerCall()}${providerCall()}\nprocess.exitCode = 7;`
          .replace('const answer', 'let answer')
          .replace(/const answer/, 'answer'),
      )
    ).ended;
    expect(stdout).toBe('Hello\nHello\n');
    expect(stderr).toMatch(/openai +gpt-4o-mini +2 .*2,000 +400 .*\$0\.0005/);
    expect(code).toBe(7);
  });

  test.each([
    ['process.exit(0)', { code: 0, signal: null }],
    ["process.kill(process.pid, 'SIGKILL')", { code: null, signal: 'SIGKILL' }],
  ])('counts the calls of a script that ends by %s, and ends like it', async (ending, end) => {
    const { code, signal, stderr } = await (await run(`${providerCall()}\n${ending};`)).ended;
    expect(stderr).toMatch(/openai +gpt-4o-mini +1 .*1,000 +200 /);
    expect({ code, signal }).toEqual(end);
  });

  test('passes a signal on and leaves the end to the script', async () => {
    const started = await run(`
      process.on('SIGTERM', () => { console.log('bye'); process.exit(3); });
      setInterval(() => {}, 1000);
      console.log('waiting');`);
    await until(started, () => (started.output().includes('waiting') ? true : null));
    started.child.kill('SIGTERM');
    const { code, stdout } = await started.ended;
    expect(stdout).toBe('waiting\nbye\n');
    expect(code).toBe(3);
  });

  test('says what to install where the instrumentation is missing', async () => {
    const elsewhere = await mkdtemp(path.join(tmpdir(), 'wiretally-run-'));
    await writeFile(path.join(elsewhere, 'script.mjs'), '');
    const { code, stderr } = await runCli(['run', ...data(), '--', 'node', 'script.mjs'], {}, elsewhere);
    await rm(elsewhere, { recursive: true });
    expect(code).toBe(2);
    expect(stderr).toContain('npm install @wiretally/instrumentation');
  });
});
