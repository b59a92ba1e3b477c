/** The command that was asked for, with the instrumentation loaded before it. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError } from './failure.ts';
import type { ScriptCommand } from './run-script.ts';

const REGISTER = '@wiretally/instrumentation/register';

export interface InstrumentedCommand extends ScriptCommand {
  /** URL of the instrumentation's register module. */
  readonly register: string;
}

/**
 * `node` gets the flag itself; what starts node by and by (`npm test`, `tsx`) gets it by NODE_OPTIONS.
 * @throws UsageError where the instrumentation is not installed.
 */
export function instrumentedCommand(
  words: readonly string[],
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): InstrumentedCommand {
  const [file = '', ...rest] = words;
  const register = findRegister(scriptFolder(words, folder), folder);
  if (isNode(file)) return { register, file, arguments: ['--import', register, ...rest], environment: {} };
  const options = [environment['NODE_OPTIONS'], `--import=${register}`].filter((each) => each !== undefined).join(' ');
  return { register, file, arguments: rest, environment: { NODE_OPTIONS: options } };
}

/** For OTEL_SERVICE_NAME, where it is not set: `script` of `node script.js`, else the command. */
export function applicationName(words: readonly string[]): string {
  const script = isNode(words[0] ?? '') ? scriptOf(words) : undefined;
  return path.parse(script ?? words[0] ?? 'script').name;
}

const isNode = (file: string): boolean => /^node(?:\.exe)?$/.test(path.basename(file));

const scriptOf = (words: readonly string[]): string | undefined =>
  words.slice(1).find((word) => /\.[cm]?[jt]sx?$/.test(word));

function scriptFolder(words: readonly string[], folder: string): string {
  const script = scriptOf(words);
  return script === undefined ? folder : path.dirname(path.resolve(folder, script));
}

/** From the script's folder, as the script itself would find it; then from where the command was given. */
function findRegister(...folders: string[]): string {
  for (const folder of new Set(folders)) {
    try {
      return pathToFileURL(createRequire(path.join(folder, 'script.js')).resolve(REGISTER)).href;
    } catch {
      // Not there: the next folder may have it.
    }
  }
  throw new UsageError(
    `@wiretally/instrumentation is not installed in ${folders[0] ?? '.'} or above it. ` +
      'Install it beside the script: npm install @wiretally/instrumentation @opentelemetry/api',
  );
}
