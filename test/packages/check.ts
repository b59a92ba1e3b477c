/**
 * What users get is what is tested: packs the three packages, holds the tarballs to publint and attw, installs them in
 * an empty project and runs every entry point there; one line instruments a script.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { startRecordReceiver } from '../conformance/record-receiver.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const packages = ['usage', 'instrumentation', 'ledger'];
const results: { name: string; error: string | null }[] = [];

async function check(name: string, body: () => void | Promise<void>): Promise<void> {
  try {
    await body();
    results.push({ name, error: null });
    console.log(`ok   ${name}`);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    results.push({ name, error: text });
    console.log(`FAIL ${name}\n${text}`);
  }
}

/** @throws Error with what the command printed, where it did not end with 0. */
function run(command: string, args: readonly string[], cwd: string): string {
  const child = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (child.status !== 0) {
    throw new Error(`${command} ${args.join(' ')} ended with ${String(child.status)}\n${child.stdout}${child.stderr}`);
  }
  return child.stdout;
}

const folder = mkdtempSync(join(tmpdir(), 'wiretally-packages-'));
try {
  for (const name of packages) {
    await check(`${name}: publint`, async () => {
      const { messages, pkg } = await publint({ pkgDir: join(root, 'src', name), strict: true });
      const texts = messages.map((message) => `${message.type}: ${String(formatMessage(message, pkg))}`);
      if (texts.length > 0) throw new Error(texts.join('\n'));
    });
    run('npm', ['pack', '--silent', '--pack-destination', folder, '-w', `src/${name}`], root);
  }
  const tarballs = readdirSync(folder).filter((file) => file.endsWith('.tgz'));
  for (const tarball of tarballs) {
    await check(`${tarball}: types as packed`, () => {
      run(
        join(root, 'node_modules/.bin/attw'),
        [join(folder, tarball), '--profile', 'esm-only', '--format', 'ascii'],
        root,
      );
    });
  }
  await check('install in an empty project', () => {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'empty', private: true, type: 'module' }));
    run('npm', ['install', '--no-audit', '--no-fund', ...tarballs.map((tarball) => `./${tarball}`)], folder);
  });
  await check('every entry point can be imported', () => {
    const script = `await import('@wiretally/usage'); await import('@wiretally/instrumentation'); await import('wiretally'); await import('wiretally/client');`;
    run(process.execPath, ['--input-type=module', '-e', script], folder);
  });
  await check('the wiretally command answers', () => {
    if (!/^\d+\.\d+\.\d+/.test(run('npx', ['--no-install', 'wiretally', '--version'], folder))) {
      throw new Error('wiretally --version printed no version');
    }
  });
  await check('one line instruments a script', () => instrumentedScript(folder));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const failed = results.filter(({ error }) => error !== null).length;
console.log(`${results.length - failed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed === 0 ? 0 : 1;

/** A script that knows nothing of Wiretally calls a provider with fetch; its tokens must arrive. */
async function instrumentedScript(cwd: string): Promise<void> {
  const receiver = await startRecordReceiver();
  const answer = {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    model: 'gpt-4o-mini-2024-07-18',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hello.' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 11, completion_tokens: 3, total_tokens: 14 },
  };
  const provider = createServer((request, response) => {
    request.resume().on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(provider.address() as AddressInfo).port}`;
  const request = { method: 'POST', body: JSON.stringify({ model: 'gpt-4o-mini', messages: [] }) };
  writeFileSync(
    join(cwd, 'app.js'),
    `console.log(await (await fetch('http://${host}/v1/chat/completions', ${JSON.stringify(request)})).text());`,
  );
  const child = spawn(process.execPath, ['--import', '@wiretally/instrumentation/register', 'app.js'], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      WIRETALLY_HOSTS: `${host}=openai`,
      WIRETALLY_SPOOL: 'off',
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    },
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise((resolve) => child.on('close', resolve));
  provider.close();
  await receiver.close();
  if (code !== 0 || output.trim() !== JSON.stringify(answer)) throw new Error(`the script itself changed: ${output}`);
  const [record] = receiver.records;
  if (receiver.records.length !== 1 || record?.tokens.input !== 11 || record.tokens.output !== 3) {
    throw new Error(`expected one record of 11 and 3 tokens, got ${JSON.stringify(receiver.records)}`);
  }
}
