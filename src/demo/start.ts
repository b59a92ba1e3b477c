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

const HELP = `Usage: npm start [-- flags]
  --once           make every call a fixed number of times, check the ledger against what was served, and end
  --rounds N       with --once: how many times (default 2)
  --kill-ledger    with --once: kill -9 the ledger in the middle; it is started again and must miss nothing

Variables: WIRETALLY_DATA (default ./data/postgres), WIRETALLY_PORT (4319), WIRETALLY_OTLP_PORT (4318, or none),
WIRETALLY_SIMULATOR_PORT (4390).`;

const signals = listenForStop();
try {
  const flags = readFlags();
  if (flags.help) {
    console.log(HELP);
  } else {
    const agrees = await runDemo({
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      environment: process.env,
      ledgerPort: portFrom(LEDGER_PORT_VARIABLE, LEDGER_PORT),
      simulatorPort: portFrom(SIMULATOR_PORT_VARIABLE, SIMULATOR_PORT),
      rounds: flags.once ? rounds(flags.rounds) : null,
      killLedger: flags.once && flags['kill-ledger'],
      terminal: process.stdout,
      signals,
    });
    process.exitCode = agrees ? 0 : 1;
  }
} catch (error) {
  if (error instanceof DemoError) console.error(error.message);
  else if (!signals.stop.aborted) console.error(error);
  process.exitCode = 1;
} finally {
  signals.dispose();
}

/** @throws DemoError where a flag is not one of ours. */
function readFlags() {
  try {
    return parseArgs({
      options: {
        once: { type: 'boolean', default: false },
        rounds: { type: 'string', default: '2' },
        'kill-ledger': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new DemoError(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`, { cause: error });
  }
}

/** @throws DemoError where it is no number of rounds. */
function rounds(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new DemoError(`--rounds ${text} is no number of rounds. Set it to 1 or more.`);
}
