/** Errors as people read them, and the exit codes that scripts read. */

import { ConfigurationError } from '../serve/configuration.ts';

/** 0 done, 1 failed, 2 the command line is wrong; `run` ends with the script's own. */
export const EXIT = { done: 0, failed: 1, usage: 2 } as const;

/** The command line or a setting is wrong: said without a stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Message and causes on one line each; a stack only where `WIRETALLY_DEBUG` asks for it. */
export function explain(error: unknown): string {
  if (process.env['WIRETALLY_DEBUG'] !== undefined && error instanceof Error) return error.stack ?? error.message;
  const lines: string[] = [];
  for (let each: unknown = error; each !== undefined && lines.length < 4;) {
    const text = each instanceof Error ? each.message || each.name : 'something that is no error was thrown';
    if (!lines.some((line) => line.includes(text))) lines.push(lines.length === 0 ? text : `  because ${text}`);
    each = each instanceof Error ? each.cause : undefined;
  }
  return lines.join('\n');
}

export function exitCodeOf(error: unknown): number {
  return error instanceof UsageError || error instanceof ConfigurationError ? EXIT.usage : EXIT.failed;
}
