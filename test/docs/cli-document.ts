/**
 * docs/cli.md: a first hour at the command line. Real commands on a real ledger, with calls to the simulator of the
 * providers; only what differs from run to run is replaced.
 */
import { spawn } from 'node:child_process';
import { chmod, mkdtemp, open, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { hostMapping, startSimulator } from '@wiretally/demo';
import { atTerminal, environmentOf, runCli } from '../report/cli.fixture.ts';
import { createNormaliser } from './normalise.ts';
import { format, resolveConfig } from 'prettier';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = path.join(ROOT, 'src/ledger/cli/main.ts');
export const CLI_DOCUMENT = path.join(ROOT, 'docs/cli.md');

const COLUMNS = 118;
/** A file is no terminal: the commands of this document believe that theirs is one. */
const TERMINAL = `data:text/javascript,for(const s of [process.stdout,process.stderr]){s.isTTY=true;s.columns=${COLUMNS}}`;

const SCRIPT = `import { withUsageContext } from '@wiretally/instrumentation';

const api = process.env.PROVIDERS; // each provider below one address, as a gateway has them
const ask = async (path, body) => {
  const headers = { 'content-type': 'application/json', authorization: 'Bearer demo-key' };
  await (await fetch(api + path, { method: 'POST', headers, body: JSON.stringify(body) })).text();
};
const messages = [{ role: 'user', content: 'Where is my parcel?' }];

for (const user of ['ada', 'noor']) {
  await withUsageContext({ user, session: \`parcel-\${user}\`, tags: { team: 'support' } }, async () => {
    await ask('/openai/v1/chat/completions', { model: 'gpt-4o-mini', messages });
    await ask('/gemini/v1beta/models/gemini-2.5-flash:generateContent', { contents: [{ parts: [{ text: 'Hi' }] }] });
    await ask('/cerebras/v1/chat/completions', { model: 'gpt-oss-120b', messages });
  });
}
await ask('/openai/v1/chat/completions', { model: 'aurora-preview', messages });
console.log('All were answered.');
`;

const BILL = `Date,Model,In,Out,USD
2026-09-30T08:00:00Z,gpt-4o,1000,200,0.0045
2026-09-30T08:05:00Z,gpt-4o-mini,800,100,0.00018
yesterday,gpt-4o,1,2,0.1
`;

export async function cliDocument(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'wiretally-docs-'));
  // As root, the server runs as another user, who has to get there.
  await chmod(folder, 0o711);
  await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  await writeFile(path.join(folder, 'ask.mjs'), SCRIPT);
  await writeFile(path.join(folder, 'bill.csv'), BILL);
  const simulator = await startSimulator({ port: 0, chunkDelayMs: 0 });
  const variables = { WIRETALLY_HOSTS: hostMapping(simulator.port), PROVIDERS: simulator.url, NO_COLOR: '1' };
  const normal = createNormaliser(new Date());
  normal.replace(folder, '/home/ada/shop');
  const fence = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\``;
  const transcript = (command: string, output: string): string =>
    fence('console', normal.of(`$ ${command}\n${output}`).trimEnd());

  const up = await startUp(folder, { ...variables, WIRETALLY_PORT: '0', WIRETALLY_OTLP_PORT: '0' });
  try {
    const upText = await up.ready;
    const [, api = ''] = /API +(http:\S+?)\/api/.exec(upText) ?? [];
    const [, otlp = ''] = /OTLP +(http:\S+)/.exec(upText) ?? [];
    normal.replace(api, 'http://127.0.0.1:4319');
    normal.replace(otlp, 'http://127.0.0.1:4318');
    normal.replace(simulator.url, 'http://127.0.0.1:4390');

    const wiretally = async (...words: string[]): Promise<string> => {
      const { stdout, stderr } = await runCli(words, variables, folder, atTerminal(COLUMNS));
      const quoted = words.map((word) => (/[^\w./:,=-]/.test(word) ? `'${word}'` : word));
      return transcript(`wiretally ${quoted.join(' ')}`, stdout + stderr);
    };
    const words = ['run', '--', 'node', 'ask.mjs'];
    const runText = transcript(`wiretally ${words.join(' ')}`, await runToEnd(words, folder, variables));
    const session = await runCli(['session', 'parcel-ada', '--json'], variables, folder);
    const { operations } = JSON.parse(session.stdout) as { operations: { record_id: string; model_name: string }[] };
    const record = operations.find(({ model_name: model }) => model === 'gpt-4o-mini')?.record_id ?? '';

    const parts = [
      INTRODUCTION,
      '## Start the ledger',
      'In a window of its own; Ctrl-C ends it. The first start makes a PostgreSQL in `./data/postgres`; `DATABASE_URL` names one\nof yours instead.',
      transcript('wiretally up', upText),
      '## Run a script',
      'Nothing in the script changes but who asks, which it may tell. `ask.mjs`:',
      fence('js', SCRIPT.trimEnd()),
      'It runs as it would without us: its output, its exit code and its signals are its own. What its calls cost comes after it,\non stderr.',
      runText,
      'The seventh call went to a model that no price list knows. Its cost is said to be unknown, and is not counted as 0.',
      '## What it cost',
      await wiretally('report'),
      'The same for a chat, in Persian and in Arabic (`--format text`; also `markdown`, `html`, `csv` and `json`):',
      await wiretally('report', '--language', 'fa', '--format', 'text'),
      await wiretally('report', '--language', 'ar', '--format', 'text'),
      'A report for one question: `providers`, `models`, `services`, `users`, `applications`, `tags`, `daily`.',
      await wiretally('users', '--days', '7'),
      await wiretally('tags', '--tag', 'team', '--provider', 'gemini'),
      'Sessions, and how the cost of one call came about:',
      await wiretally('sessions'),
      await wiretally('session', 'parcel-ada'),
      await wiretally('explain', record),
      'Before a call is made:',
      await wiretally('prices', 'gpt-4o-mini'),
      await wiretally('estimate', 'gpt-4o-mini', '--input', '1200', '--output', '300'),
      '## What is called now',
      '`top` goes on until `q` or Ctrl-C; `--once` says it once.',
      await wiretally('top', '--once', '--window', '60'),
      '## Take it elsewhere',
      await wiretally('export', '--format', 'csv', '--out', 'calls.csv'),
      transcript('head -1 calls.csv', (await readFile(path.join(folder, 'calls.csv'), 'utf8')).split('\r\n')[0] ?? ''),
      "For programs that read the token tracker's SQLite file:",
      await wiretally('export', '--format', 'sqlite'),
      '## Is all well?',
      await wiretally('doctor'),
      await wiretally('audit'),
      'What is wrong is said with what would be right:',
      await wiretally('report', '--days', 'week'),
      await wiretally('session', 'parcel-bob'),
      '## Bring what others recorded',
      '`bill.csv`:',
      fence('', BILL.trimEnd()),
      'A dry run comes first:',
      await wiretally(
        'import',
        'csv',
        'bill.csv',
        '--map',
        'time=Date,model=Model,input_tokens=In,output_tokens=Out,cost_usd=USD',
      ),
      await wiretally(
        'import',
        'csv',
        'bill.csv',
        '--map',
        'time=Date,model=Model,input_tokens=In,output_tokens=Out,cost_usd=USD',
        '--apply',
      ),
      'The same rows again change nothing.',
      REFERENCE,
    ];
    const options = await resolveConfig(CLI_DOCUMENT);
    return await format(`${parts.join('\n\n')}\n`, { ...options, parser: 'markdown' });
  } finally {
    await up.stop();
    await simulator.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

const INTRODUCTION = `# A first hour at the command line

<!-- npm run docs:cli writes this file from what the commands print; a test compares. Do not edit it. -->

\`npm install wiretally @wiretally/instrumentation @opentelemetry/api\` in the folder of a service brings what is used here
(\`npx wiretally …\`, where it is not on the path). The providers of this page are the simulator of the repository
(\`node src/demo/simulator/main.ts\`), told by \`WIRETALLY_HOSTS\`; with the providers themselves, nothing is to be told.`;

const REFERENCE = `## What all commands share

| | |
| --- | --- |
| \`--json\` | what is shown, exact and for programs; unknown is \`null\`, never 0 |
| \`--database URL\`, \`--data FOLDER\` | another PostgreSQL, or the folder of the embedded one (\`DATABASE_URL\`, \`WIRETALLY_DATA\`) |
| \`--url URL\`, \`--token SECRET\` | a ledger that runs elsewhere, by its API (\`WIRETALLY_TOKEN\`); what needs the database itself says so |
| \`--provider\`, \`--model\`, \`--service\`, \`--user\`, \`--session\`, \`--application\`, \`--team\`, \`--project\`, \`--feature\`, \`--environment\` | these calls only |
| \`--help\` | what the command does, with examples |

Results go to stdout, remarks to stderr. A terminal gets colours and tables that fit; \`NO_COLOR=1\` leaves the colours out, and
a pipe gets neither colours nor cut names. \`wiretally completion bash|zsh|fish\` prints what the shell completes.

| exit code | |
| --- | --- |
| 0 | done |
| 1 | failed: something is not there, is wrong (\`doctor\`, \`audit\`) or was not understood (\`import\`) |
| 2 | the command line or a setting is wrong |
| 130, 143 | ended by Ctrl-C or SIGTERM |
| of the script | \`run\` |`;

interface Up {
  /** What it has printed when it is ready. */
  readonly ready: Promise<string>;
  stop(): Promise<void>;
}

async function startUp(folder: string, variables: Readonly<Record<string, string>>): Promise<Up> {
  const child = spawn(process.execPath, ['--conditions=wiretally-source', '--import', TERMINAL, MAIN, 'up'], {
    cwd: folder,
    env: environmentOf(variables),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const ready = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (/^ +data .*\n/m.test(output)) resolve(output);
      });
    }
    ended.then(() => reject(new Error(`wiretally up ended: ${output}`)), reject);
  });
  return {
    ready,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Both streams into one file, so that what was written first stands first. */
async function runToEnd(
  words: readonly string[],
  folder: string,
  variables: Readonly<Record<string, string>>,
): Promise<string> {
  const name = path.join(folder, 'output.txt');
  const file = await open(name, 'w');
  const child = spawn(process.execPath, ['--conditions=wiretally-source', '--import', TERMINAL, MAIN, ...words], {
    cwd: folder,
    env: environmentOf(variables),
    stdio: ['ignore', file.fd, file.fd],
  });
  await new Promise((resolve) => child.once('close', resolve));
  await file.close();
  return readFile(name, 'utf8');
}
