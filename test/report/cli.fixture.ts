/** `wiretally` on the sources: as a child process where the process is the point, else in this one. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { runCommandLine } from '../../src/ledger/cli/command-line.ts';

const MAIN = fileURLToPath(new URL('../../src/ledger/cli/main.ts', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  output(): string;
}

/** No variable of the machine that runs the tests decides what they see. */
export function environmentOf(more: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(?:WIRETALLY_|OTEL_|DATABASE_URL|NO_COLOR|FORCE_COLOR|NODE_OPTIONS)/.test(name),
  );
  return { ...Object.fromEntries(kept), ...more };
}

export function startCli(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = {},
  folder?: string,
): Started {
  const child = spawn(process.execPath, ['--conditions=wiretally-source', MAIN, ...words], {
    env: environmentOf(environment),
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(folder === undefined ? {} : { cwd: folder }),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, ended, output: () => stdout + stderr };
}

/** To its end as a process: for what only a process has (its start, signals, exit code, streams). */
export const runProcess = (...given: Parameters<typeof startCli>): Promise<Ended> => startCli(...given).ended;

/** What a terminal of this width shows, without colours. */
export const atTerminal = (columns: number): Terminal => ({ isTTY: true, columns });

export interface Terminal {
  readonly isTTY: true;
  readonly columns: number;
}

let last: Promise<unknown> = Promise.resolve();

/**
 * To its end in this process: what a new one costs is a hundred times what most tests are about. Streams, environment,
 * folder and exit code are the command's alone meanwhile, so that one runs after the other.
 */
export function runCli(...given: Parameters<typeof runHere>): Promise<Ended> {
  const run = last.then(() => runHere(...given));
  last = run.catch(() => undefined);
  return run;
}

async function runHere(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = {},
  folder?: string,
  terminal?: Terminal,
): Promise<Ended> {
  const written = { stdout: '', stderr: '' };
  const before = { environment: { ...process.env }, folder: process.cwd(), exitCode: process.exitCode };
  const undo = (['stdout', 'stderr'] as const).map((name) => {
    const stream = process[name];
    const own = Object.getOwnPropertyDescriptors(stream);
    if (terminal !== undefined) Object.assign(stream, terminal);
    stream.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
      written[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
      const done = rest.find((each): each is () => void => typeof each === 'function');
      if (done !== undefined) queueMicrotask(done);
      return true;
    };
    return () => {
      for (const property of ['write', 'isTTY', 'columns'] as const) {
        Reflect.deleteProperty(stream, property);
        if (own[property] !== undefined) Object.defineProperty(stream, property, own[property]);
      }
    };
  });
  replaceEnvironment(environmentOf(environment));
  if (folder !== undefined) process.chdir(folder);
  process.exitCode = undefined;
  try {
    await runCommandLine(words);
    return { code: endedWith(), signal: null, ...written };
  } finally {
    process.exitCode = before.exitCode;
    process.chdir(before.folder);
    replaceEnvironment(before.environment);
    for (const each of undo) each();
  }
}

/** Read anew: the command has set it. */
const endedWith = (): number => Number(process.exitCode ?? 0);

function replaceEnvironment(environment: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  for (const [name, value] of Object.entries(environment)) if (value !== undefined) process.env[name] = value;
}

/** Waits for what a condition says, as long as the process lives. */
export async function until<T>(started: Started, find: () => T | null | undefined): Promise<T> {
  for (;;) {
    const found = find();
    if (found !== null && found !== undefined) return found;
    const over = await Promise.race([started.ended, new Promise<null>((resolve) => setTimeout(resolve, 20, null))]);
    if (over !== null) throw new Error(`wiretally ended with ${over.code}: ${over.stdout}${over.stderr}`);
  }
}
