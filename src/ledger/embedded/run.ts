import { spawn } from 'node:child_process';
import type { Identity } from './identity.ts';

export interface RunResult {
  /** Null when it could not be started or was killed. */
  readonly exitCode: number | null;
  /** Both streams, the last 8,000 characters. */
  readonly output: string;
  readonly startError: Error | null;
}

/**
 * The server's environment is ours alone: `LC_*`, `TZ`, `PG*` and `LD_*` of the machine would change its messages,
 * its days or its libraries.
 */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { LC_ALL: 'C', TZ: 'UTC' };
  for (const name of ['PATH', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR']) {
    if (process.env[name] !== undefined) environment[name] = process.env[name];
  }
  return environment;
}

/** Runs a short program to its end. Never rejects. */
export function run(command: string, args: readonly string[], identity: Identity | null): Promise<RunResult> {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(command, args, {
      ...(identity ?? {}),
      // A folder that everybody may enter: the programs ask where they stand, and fail where they may not look.
      cwd: process.platform === 'win32' ? undefined : '/',
      env: serverEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-8000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (startError) => resolve({ exitCode: null, output, startError }));
    child.on('close', (exitCode) => resolve({ exitCode, output, startError: null }));
  });
}
