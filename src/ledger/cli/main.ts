#!/usr/bin/env node
/** `wiretally`: turns errors into lines and exit codes; the commands do the rest. */
import { CommanderError } from 'commander';
import { EXIT, exitCodeOf, explain } from './failure.ts';
import { endQuietlyOnClosedPipe, remark } from './output.ts';
import { createProgram } from './program.ts';

endQuietlyOnClosedPipe();
try {
  await createProgram().parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has said what is wrong; help and version are no errors.
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
  } else {
    remark(`wiretally: ${explain(error)}`);
    process.exitCode = exitCodeOf(error);
  }
}
