/** `wiretally` as a child process, on the sources. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

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
function environmentOf(more: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
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

export const runCli = (...given: Parameters<typeof startCli>): Promise<Ended> => startCli(...given).ended;

/** Waits for what a condition says, as long as the process lives. */
export async function until<T>(started: Started, find: () => T | null | undefined): Promise<T> {
  for (;;) {
    const found = find();
    if (found !== null && found !== undefined) return found;
    const over = await Promise.race([started.ended, new Promise<null>((resolve) => setTimeout(resolve, 20, null))]);
    if (over !== null) throw new Error(`wiretally ended with ${over.code}: ${over.stdout}${over.stderr}`);
  }
}
