/** A child process that is as if the shell had started it. */
import { spawn } from 'node:child_process';
import { UsageError } from './failure.ts';

export interface ScriptCommand {
  readonly file: string;
  readonly arguments: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
}

export interface ScriptEnd {
  readonly code: number;
  readonly signal: NodeJS.Signals | null;
}

const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const satisfies NodeJS.Signals[];

/** @throws UsageError where the command does not exist or may not be run. */
export function runScript(command: ScriptCommand, environment: NodeJS.ProcessEnv): Promise<ScriptEnd> {
  const child = spawn(command.file, command.arguments, {
    stdio: 'inherit',
    env: { ...environment, ...command.environment },
  });
  // Ctrl-C at a terminal reaches the script by itself, since it is in the same group: we only stay until it has ended.
  const handlers = PASSED_ON.map((signal) => {
    const passOn = (): void => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    process.on(signal, passOn);
    return () => process.off(signal, passOn);
  });
  return new Promise<ScriptEnd>((resolve, reject) => {
    child.once('error', (error) => {
      reject(new UsageError(`Cannot run ${command.file}: ${error.message}`, { cause: error }));
    });
    child.once('exit', (code, signal) => {
      resolve({ code: code ?? 1, signal });
    });
  }).finally(() => {
    for (const off of handlers) off();
  });
}
