/** The user's prices through the whole way: a service, the ledger, and the commands, each in a process of its own. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startService } from '../emit/service.fixture.ts';
import type { Ended } from '../emit/service.fixture.ts';
import { runCli, startCli, until } from '../report/cli.fixture.ts';
import type { Started } from '../report/cli.fixture.ts';

/** Answers every chat with 1,000 tokens in and 200 out. */
function startProvider(): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({
          id: `chatcmpl-${Math.random()}`,
          object: 'chat.completion',
          model: 'gpt-4o-mini',
          choices: [{ index: 0, message: { role: 'assistant', content: 'yes' }, finish_reason: 'stop' }],
          usage: { prompt_tokens: 1000, completion_tokens: 200, total_tokens: 1200 },
        }),
      );
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

const table = (input: number, model = 'gpt-4o-mini'): string =>
  `name: acme\nprices:\n  - model: ${model}\n    usd_per_million_tokens: { input: ${input}, output: 1 }\n`;

let folder: string;
let provider: Server;
let providerHost: string;
let ledger: Started;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wiretally-user-prices-'));
  provider = await startProvider();
  providerHost = `127.0.0.1:${(provider.address() as AddressInfo).port}`;
  await writeFile(join(folder, 'ledger.yaml'), table(2, 'our-llama'));
  ledger = startCli(['up', '--port', '0', '--otlp-port', 'none', '--data', join(folder, 'data')], {
    WIRETALLY_PRICES: join(folder, 'ledger.yaml'),
  });
  url = await until(ledger, () => /"url":"([^"]+)"/.exec(ledger.output())?.[1]);
});
afterAll(async () => {
  ledger.child.kill('SIGTERM');
  await ledger.ended;
  provider.close();
  await rm(folder, { recursive: true, force: true });
});

interface Operation {
  readonly record_id: string;
  readonly provider: string;
  readonly cost_exact: string | null;
}

async function get<T>(path: string): Promise<T> {
  const answer = await fetch(`${url}${path}`);
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

async function post<T>(path: string, body: object): Promise<T> {
  const answer = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

async function operationsOf(application: string): Promise<readonly Operation[]> {
  return (await get<{ operations: Operation[] }>(`/api/usage/recent?application=${application}`)).operations;
}

/** A service that makes three calls and ends. */
function runService(name: string, prices: string, as = 'openai'): Promise<Ended> {
  return startService('end', {
    APP_PROVIDER: `http://${providerHost}`,
    OTEL_SERVICE_NAME: name,
    OTEL_TRACES_EXPORTER: 'none',
    OTEL_METRICS_EXPORTER: 'none',
    WIRETALLY_HOSTS: `${providerHost}=${as}`,
    WIRETALLY_LEDGER_ENDPOINT: `${url}/v1/logs`,
    WIRETALLY_SPOOL: 'off',
    WIRETALLY_PRICES: prices,
  }).ended;
}

describe('a service with prices of its own', () => {
  it('prices by its file, and the ledger, which does not know the file, explains the cost by its card', async () => {
    await writeFile(join(folder, 'service.yaml'), table(5));
    const { code, stderr } = await runService('with-table', join(folder, 'service.yaml'));
    expect({ code, problem: /Warning|not used/.exec(stderr) }).toEqual({ code: 0, problem: null });
    const operations = await operationsOf('with-table');
    expect(operations.map(({ cost_exact: cost }) => cost)).toEqual(['0.0052', '0.0052', '0.0052']);
    const id = operations[0]?.record_id ?? '';
    const explained = await runCli(['explain', id, '--url', url]);
    expect(explained).toMatchObject({ code: 0, stderr: '' });
    expect(explained.stdout).toMatch(/^input +1,000 +\$5 per 1,000,000 +\$0\.005$/m);
    expect(explained.stdout).toMatch(/\*\/gpt-4o-mini in your table acme$/m);
    expect(explained.stdout).toContain('the same to the last digit');
    const json = JSON.parse((await runCli(['explain', id, '--url', url, '--json'])).stdout) as object;
    expect(json).toMatchObject({ cost_exact: '0.0052', replay: { equal: true } });
  });

  it('prices by the old flat table where that is asked for', async () => {
    await runService('old-table', 'legacy', 'groq');
    const operations = await operationsOf('old-table');
    // 1,200 tokens at $0.60 a million, whatever the model.
    expect(operations.map(({ provider: name, cost_exact: cost }) => `${name} ${cost}`)).toEqual(
      Array(3).fill('groq 0.00072'),
    );
    const { stdout } = await runCli(['explain', operations[0]?.record_id ?? '', '--url', url]);
    expect(stdout).toContain('groq/* in legacy legacy');
  });

  it('starts and prices by the list where the file is wrong, which it says once, with the line', async () => {
    await writeFile(join(folder, 'wrong.yaml'), 'prices:\n  - model: gpt-4o-mini\n    usd_per: { picture: 1 }\n');
    const { code, stderr } = await runService('wrong-table', join(folder, 'wrong.yaml'));
    expect(code).toBe(0);
    expect(stderr.match(/line 3: prices\[0\]\.usd_per\.picture is no known key/g)).toHaveLength(1);
    const costs = (await operationsOf('wrong-table')).map(({ cost_exact: cost }) => cost);
    expect(costs).toEqual(Array(3).fill('0.00027'));
  });
});

describe('a ledger with prices of its own', () => {
  const estimated = async (): Promise<string> =>
    (
      await post<{ estimated_cost_exact: string }>('/api/usage/estimate-cost', {
        model_name: 'our-llama',
        input_tokens: 1_000_000,
      })
    ).estimated_cost_exact;
  const record = async (): Promise<string> => {
    const usage = { session_id: 's', model_name: 'our-llama', service_type: 'text', operation_type: 'chat' };
    const answer = await post<{ record_id: string }>('/api/usage/record-usage', {
      ...usage,
      input_tokens: 1_000_000,
      output_tokens: 0,
    });
    return answer.record_id;
  };

  it('takes a changed file without a restart, for what comes after, and changes what is stored when asked', async () => {
    expect(await estimated()).toBe('2');
    const before = await record();
    await writeFile(join(folder, 'ledger.yaml'), table(3, 'our-llama'));
    while ((await estimated()) !== '3') await new Promise((resolve) => setTimeout(resolve, 50));
    const after = await record();
    const costs = async (): Promise<(string | null)[]> => {
      const answers = [before, after].map((id) => get<Operation>(`/api/records/${id}/explain`));
      return (await Promise.all(answers)).map(({ cost_exact: cost }) => cost);
    };
    expect(await costs()).toEqual(['2', '3']);

    const words = ['reprice', '--model', 'our-llama', '--data', join(folder, 'data')];
    const environment = { WIRETALLY_PRICES: join(folder, 'ledger.yaml') };
    const dry = await runCli(words, environment);
    expect(dry.stdout).toMatch(/our-llama +2 +1 +0 +\$5 +\$6 +\+\$1$/m);
    expect(dry.stdout).toContain('1 of 2 calls would change. Nothing was changed: add --apply to do it.');
    expect(await costs()).toEqual(['2', '3']);
    const applied = await runCli([...words, '--apply', '--by', 'ann', '--reason', 'new contract'], environment);
    expect(applied).toMatchObject({ code: 0, stderr: '' });
    expect(await costs()).toEqual(['3', '3']);
    const { stdout } = await runCli(['explain', before, '--url', url]);
    expect(stdout).toMatch(/^Until .* it cost \$2; priced again by ann: new contract$/m);
    expect((await runCli([...words, '--apply'], environment)).stdout).toContain('Nothing changes: 2 calls');
    expect((await runCli(['audit', '--data', join(folder, 'data')])).code).toBe(0);
  });

  it('keeps its prices where the file becomes wrong, and says so in its log', async () => {
    await writeFile(join(folder, 'ledger.yaml'), 'prices: nothing\n');
    await until(ledger, () => /line 1: prices is .*nothing.*; it must be a list/.exec(ledger.output()));
    expect(await estimated()).toBe('3');
  });
});
