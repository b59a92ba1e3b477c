/** Turns errors into lines and exit codes; the commands do the rest. */
import { CommanderError } from 'commander';
import { EXIT, exitCodeOf, explain } from './failure.ts';
import { remark } from './output.ts';
import { createProgram } from './program.ts';

/** @param words what stands after `wiretally`. Sets `process.exitCode` where the command did not end well. */
export async function runCommandLine(words: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync(words, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has said what is wrong; help and version are no errors.
      process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
    } else {
      remark(`wiretally: ${explain(error)}`);
      process.exitCode = exitCodeOf(error);
    }
  }
}
