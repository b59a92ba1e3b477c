/** Runs the Go command. Its settings (module cache, flags, proxy) are the machine's own; only what a build needs is added. */
import { spawnSync } from 'node:child_process';

/** The version that `go` names, such as `1.26.8`, or null where there is no Go. */
export function goVersion(): string | null {
  const asked = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' });
  if (asked.status !== 0) return null;
  return asked.stdout.trim().replace(/^go/, '');
}

/**
 * Runs a program of the Go tool chain and waits for it.
 * @throws Error with the command and the end of what it said, when it fails
 */
export function run(command: string, args: readonly string[], cwd: string, env: Record<string, string> = {}): void {
  const done = spawnSync(command, args, {
    cwd,
    env: { ...process.env, CGO_ENABLED: '0', ...env },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (done.status === 0) return;
  const said = `${done.stdout ?? ''}${done.stderr ?? ''}`.trim().split('\n').slice(-15).join('\n');
  throw new Error(
    `${command} ${args.join(' ')} failed in ${cwd} (${done.error?.message ?? `exit code ${done.status}`}):\n${said}`,
    {
      cause: done.error,
    },
  );
}
