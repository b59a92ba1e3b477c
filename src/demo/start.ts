/**
 * `npm start`: the main job on embedded parts. `--once` makes every call a fixed number of times, checks that the ledger
 * agrees with what was served, and ends with exit code 0 when it does.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { portFrom } from './environment.ts';
import { DemoError } from './run/demo-error.ts';
import { runDemo } from './run/demo.ts';
import { listenForStop } from './run/stop-signals.ts';
import { SIMULATOR_PORT, SIMULATOR_PORT_VARIABLE } from './simulator/server.ts';

const LEDGER_PORT = 4319;
const LEDGER_PORT_VARIABLE = 'WIRETALLY_PORT';

const { values: flags } = parseArgs({
  options: {
    once: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '2' },
    'kill-ledger': { type: 'boolean', default: false },
  },
});

const signals = listenForStop();
try {
  const agrees = await runDemo({
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    environment: process.env,
    ledgerPort: portFrom(LEDGER_PORT_VARIABLE, LEDGER_PORT),
    simulatorPort: portFrom(SIMULATOR_PORT_VARIABLE, SIMULATOR_PORT),
    rounds: flags.once ? rounds(flags.rounds) : null,
    killLedger: flags['kill-ledger'],
    terminal: process.stdout,
    signals,
  });
  process.exitCode = agrees ? 0 : 1;
} catch (error) {
  if (error instanceof DemoError) console.error(error.message);
  else if (!signals.stop.aborted) console.error(error);
  process.exitCode = 1;
} finally {
  signals.dispose();
}

/** @throws DemoError where it is no number of rounds. */
function rounds(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new DemoError(`--rounds ${text} is no number of rounds. Set it to 1 or more.`);
}
