/** Runs a small service in a process of its own, with `--import register` as a user would. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const REGISTER = new URL('../../src/instrumentation/register.ts', import.meta.url).href;
/** A preload that starts an SDK, as an application's own instrumentation file does. */
export const OWN_SDK = new URL('own-sdk.fixture.ts', import.meta.url).href;
const APP = fileURLToPath(new URL('app.fixture.ts', import.meta.url));
/** One call, as CommonJS. */
const COMMONJS_APP = `require('node:assert');
fetch(process.env.APP_PROVIDER + '/v1/chat/completions', {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ model: 'gpt-4o-mini', messages: [] }),
}).then((response) => response.json());`;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Service {
  readonly child: ChildProcess;
  /** What it has written on stdout so far. */
  readonly output: string;
  /** Resolves when the service has written this on stdout. */
  said(text: string): Promise<void>;
  readonly ended: Promise<Ended>;
}

/** @param mode what the service does after its calls; see app.fixture.ts. */
export function startService(
  mode: string,
  environment: Readonly<Record<string, string>>,
  { commonJs = false, imports = [REGISTER] }: { commonJs?: boolean; imports?: readonly string[] } = {},
): Service {
  const preloads = imports.flatMap((each) => ['--import', each]);
  const program = commonJs ? ['--input-type=commonjs', '--eval', COMMONJS_APP] : [APP];
  return startProgram(['--conditions=wiretally-source', ...preloads, ...program, mode], environment);
}

/** Node with these arguments, and of this environment only what does not change how it is watched. */
export function startProgram(args: readonly string[], environment: Readonly<Record<string, string>>): Service {
  const child = spawn(process.execPath, args, {
    env: { ...cleanEnvironment(), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const waiting: (() => void)[] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    for (const check of waiting) check();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return {
    child,
    ended,
    said,
    get output() {
      return stdout;
    },
  };

  async function said(text: string): Promise<void> {
    const found = new Promise<void>((resolve) => {
      const check = (): void => {
        if (stdout.includes(text)) resolve();
      };
      waiting.push(check);
      check();
    });
    await Promise.race([found, ended]);
    if (!stdout.includes(text)) throw new Error(`the service ended without saying "${text}":\n${stderr}`);
  }
}

/** The test's own environment without what would change the service's. */
function cleanEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name, value]) => value !== undefined && !/^(?:OTEL_|WIRETALLY_|NODE_OPTIONS$|VITEST)/.test(name),
  );
  return Object.fromEntries(kept) as Record<string, string>;
}
