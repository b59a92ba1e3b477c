/**
 * npm run recipes -- [--only NAME]
 *
 * Tries the recipes of docs/recipes.md that need more than Node: Next.js, NestJS and webpack, of the versions in this
 * folder's lock file, with our packages as they are packed. The others are tests (test/emit/launch.test.ts).
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startCollector, startProvider } from '../emit/collector.fixture.ts';
import type { Collector, FakeProvider } from '../emit/collector.fixture.ts';
import { installed, run } from './install.ts';

interface Trial {
  readonly collector: Collector;
  readonly provider: FakeProvider;
  readonly environment: Readonly<Record<string, string>>;
}

const RECIPES = ['next', 'nest', 'webpack'] as const;
const folder = installed(RECIPES);
const node = process.execPath;
const NEXT = join(folder, 'node_modules/next/dist/bin/next');

const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } });
let passed = 0;
let failed = 0;
let skipped = 0;

await trial('Next.js: instrumentation.ts', async ({ environment, collector, provider }) => {
  const home = join(folder, 'next');
  run(node, [NEXT, 'build'], home, { NEXT_TELEMETRY_DISABLED: '1' });
  const port = await freePort();
  const server = start([NEXT, 'start', '-p', String(port), '-H', '127.0.0.1'], home, {
    ...environment,
    NEXT_TELEMETRY_DISABLED: '1',
  });
  await askAndStop(server, `http://127.0.0.1:${port}/api/chat`, collector, provider);
});

await trial('NestJS: --import', async ({ environment, collector, provider }) => {
  const port = await freePort();
  const server = start(['--import', '@wiretally/instrumentation/register', 'main.cjs'], join(folder, 'nest'), {
    ...environment,
    PORT: String(port),
  });
  await askAndStop(server, `http://127.0.0.1:${port}/api/chat`, collector, provider);
});

await trial('webpack: one bundled file', async ({ environment, collector, provider }) => {
  const home = join(folder, 'webpack');
  const build = `import webpack from 'webpack';
    webpack({ mode: 'production', target: 'node22', entry: './app.js', context: ${JSON.stringify(home)},
      experiments: { outputModule: true }, output: { path: ${JSON.stringify(home)}, filename: 'bundle.mjs', module: true } },
      (error, stats) => { if (error || stats.hasErrors()) { console.error(error ?? stats.toString()); process.exit(1); } });`;
  run(node, ['--input-type=module', '--eval', build], home);
  const app = start(['--import', '@wiretally/instrumentation/register', 'bundle.mjs'], home, environment);
  await app.ended;
  expectCalls(2, collector, provider);
});

console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed === 0 ? 0 : 1;

async function trial(name: string, recipe: (given: Trial) => Promise<void>): Promise<void> {
  if (!name.toLowerCase().includes(values.only.toLowerCase())) {
    skipped += 1;
    return;
  }
  const startedAt = performance.now();
  const [collector, provider] = await Promise.all([startCollector(), startProvider()]);
  const spool = mkdtempSync(join(tmpdir(), 'wiretally-recipe-'));
  try {
    const environment = {
      APP_PROVIDER: provider.url,
      WIRETALLY_HOSTS: `${provider.host}=openai`,
      WIRETALLY_SPOOL_DIR: spool,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_SERVICE_NAME: 'shop',
    };
    await recipe({ collector, provider, environment });
    passed += 1;
    console.log(`ok     ${name} (${((performance.now() - startedAt) / 1000).toFixed(0)} s)`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED ${name}: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    await Promise.all([collector.close(), provider.close()]);
    rmSync(spool, { recursive: true, force: true });
  }
}

/** Asks the service once and ends it with SIGTERM: by then its record, span and metrics have to be there. */
async function askAndStop(server: Running, url: string, collector: Collector, provider: FakeProvider): Promise<void> {
  try {
    await answering(url, server);
    server.child.kill('SIGTERM');
    await server.ended;
    expectCalls(1, collector, provider);
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${server.output()}`, { cause: error });
  } finally {
    server.child.kill('SIGKILL');
  }
}

/** @throws Error where the service ends or does not answer within half a minute. */
async function answering(url: string, { child }: Running): Promise<void> {
  for (let tries = 0; tries < 150 && child.exitCode === null; tries += 1) {
    try {
      const answer = await fetch(url);
      if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
      return;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await sleep(200);
  }
  throw new Error(`${url} does not answer`);
}

function expectCalls(count: number, { records, spans, metrics }: Collector, { requests }: FakeProvider): void {
  const ids = new Set(records.map((record) => record['wiretally.record.id']));
  const found = [
    requests.length,
    records.length,
    ids.size,
    spans.filter(({ name }) => name === 'chat gpt-4o-mini').length,
  ];
  if (found.some((each) => each !== count) || !metrics.has('wiretally.calls')) {
    const named = [...new Set(spans.map(({ name }) => name))].join(', ');
    throw new Error(
      `${count} calls, but requests, records, ids of records and spans are ${found.join(', ')}; spans: ${named}; ` +
        `metrics: ${[...metrics].join(', ')}`,
    );
  }
}

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
  output(): string;
}

function start(args: readonly string[], cwd: string, environment: Readonly<Record<string, string>>): Running {
  const child = spawn(node, args, { cwd, env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<void>((resolve) => void child.once('close', () => resolve()));
  return { child, ended, output: () => output };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
