/** Runs an application in a process of its own and keeps what it said. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { UsageRecord } from '@wiretally/usage';
import { ROOT } from './install.ts';

export interface AppRun {
  /** What it wrote to the descriptor 3. */
  readonly transcript: string;
  readonly stdout: string;
  readonly stderr: string;
  /** Its exit code or signal. */
  readonly exit: string;
}

export const REGISTER = pathToFileURL(join(ROOT, 'src/instrumentation/dist/register.js')).href;
/** A process that hangs is a difference, or a fault of the scenario. */
const GIVE_UP_MS = 60_000;

export async function runApp(node: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<AppRun> {
  const child = spawn(node, args, { env, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  const giveUp = setTimeout(() => child.kill('SIGKILL'), GIVE_UP_MS);
  const [, stdout, stderr, transcript] = child.stdio.map((stream) => {
    let text = '';
    stream?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    return () => text;
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  clearTimeout(giveUp);
  return {
    transcript: transcript?.() ?? '',
    stdout: stdout?.() ?? '',
    stderr: stderr?.() ?? '',
    exit: signal === null ? String(code) : signal,
  };
}

export function shownRecord({
  status,
  errorType,
  usageSource,
  usageMissingReason,
  tokens,
  userId,
}: UsageRecord): string {
  return `record ${JSON.stringify({ status, errorType, usageSource, usageMissingReason, input: tokens.input, userId })}\n`;
}
