/** `wiretally doctor` and `wiretally audit`: is all well, and what to do if not. */
import type { Command } from 'commander';
import { diagnose } from '../report/diagnose.ts';
import { styled } from '../report/render/terminal-table.ts';
import { addConnectionOptions, withLedger } from './connection.ts';
import type { ConnectionFlags } from './connection.ts';
import { EXIT } from './failure.ts';
import { print, terminalOptions } from './output.ts';

interface CheckFlags extends ConnectionFlags {
  readonly json?: true;
}

export function addCheckCommands(program: Command): void {
  const doctor = program
    .command('doctor')
    .description('what is wrong with the ledger, in plain words, and what to do')
    .option('--json', 'for programs')
    .addHelpText('after', '\nEnds with 1 when something is wrong.\n\nExample:\n  wiretally doctor');
  addConnectionOptions(doctor, 'local-only').action(async (flags: CheckFlags) => {
    await withLedger(flags, async (ledger) => {
      const findings = await diagnose(ledger, new Date());
      const terminal = terminalOptions();
      const marks = {
        ok: styled('green', 'ok  ', terminal),
        note: styled('yellow', 'note', terminal),
        wrong: styled('red', 'BAD ', terminal),
      };
      await print(
        flags.json === true
          ? `${JSON.stringify(findings, null, 2)}\n`
          : `${findings.map(({ state, text, advice }) => `${marks[state]}  ${text}${advice === null ? '' : `\n      → ${advice}`}`).join('\n')}\n`,
      );
      if (findings.some(({ state }) => state === 'wrong')) process.exitCode = EXIT.failed;
    });
  });

  const audit = program
    .command('audit')
    .description('compare every total with the calls that it was made from')
    .option('--repair', 'make totals that differ say what their calls say')
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      '\nEnds with 1 when one differs (with --repair: still differs).\n\nExamples:\n  wiretally audit\n  wiretally audit --repair',
    );
  addConnectionOptions(audit, 'local-only').action(async (flags: CheckFlags & { readonly repair?: true }) => {
    await withLedger(flags, async (ledger) => {
      const repair = flags.repair === true ? await ledger.repair() : null;
      const result = await ledger.audit();
      const { calls, rollups, differences, detailsFrom } = result;
      if (flags.json === true) {
        await print(`${JSON.stringify(repair === null ? result : { ...result, repair }, null, 2)}\n`);
      } else {
        for (const { hour, provider, model, measure, rollup, rows } of repair?.repaired ?? []) {
          await print(`repaired ${hour} ${provider} ${model}: ${measure} was ${rollup}, is ${rows}\n`);
        }
        if (repair !== null) await print(`repaired hourly totals: ${repair.rollups}\n`);
        await print(`calls: ${calls}, hourly totals: ${rollups}, differences: ${differences.length}\n`);
        if (detailsFrom !== null) await print(`compared from ${detailsFrom} on; earlier calls are dropped by age\n`);
        for (const { hour, provider, model, measure, rollup, rows } of differences) {
          await print(`  ${hour} ${provider} ${model}: ${measure} is ${rollup}, its calls say ${rows}\n`);
        }
      }
      if (differences.length > 0) process.exitCode = EXIT.failed;
    });
  });
}
