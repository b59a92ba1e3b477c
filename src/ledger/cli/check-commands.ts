/** `wiretally doctor` and `wiretally audit`: is all well, and what to do if not. */
import type { Command } from 'commander';
import { diagnose } from '../report/diagnose.ts';
import type { Finding } from '../report/finding.ts';
import { styled } from '../report/render/terminal-table.ts';
import type { AuditResult } from '../store/audit.ts';
import { MAX_LISTED } from '../store/max-listed.ts';
import type { RepairResult } from '../store/repair-rollups.ts';
import { addConnectionOptions, remoteLedger, withLedger } from './connection.ts';
import type { ConnectionFlags } from './connection.ts';
import { EXIT, UsageError } from './failure.ts';
import { print, terminalOptions } from './output.ts';

interface CheckFlags extends ConnectionFlags {
  readonly json?: true;
  /** Of audit. */
  readonly repair?: true;
}

export function addCheckCommands(program: Command): void {
  const doctor = program
    .command('doctor')
    .description('what is wrong with the ledger, in plain words, and what to do')
    .option('--json', 'for programs')
    .addHelpText('after', '\nEnds with 1 when something is wrong.\n\nExample:\n  wiretally doctor');
  addConnectionOptions(doctor, 'remote').action(async (flags: CheckFlags) => {
    const remote = remoteLedger(flags);
    await sayFindings(
      remote === null ? await withLedger(flags, (ledger) => diagnose(ledger, new Date())) : await remote.doctor(),
      flags,
    );
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
  addConnectionOptions(audit, 'remote').action(async (flags: CheckFlags) => {
    const remote = remoteLedger(flags);
    if (remote !== null) {
      if (flags.repair === true) {
        throw new UsageError(
          '--repair needs the database itself: give --database instead of --url, or run it where the ledger runs.',
        );
      }
      const { calls, rollups, details_from: detailsFrom, differences } = await remote.audit();
      return sayAudit({ calls, rollups, detailsFrom, differences }, null, flags);
    }
    await withLedger(flags, async (ledger) => {
      const repair = flags.repair === true ? await ledger.repair() : null;
      await sayAudit(await ledger.audit(), repair, flags);
    });
  });
}

async function sayFindings(findings: readonly Finding[], flags: CheckFlags): Promise<void> {
  const terminal = terminalOptions();
  const marks = {
    ok: styled('green', 'ok  ', terminal),
    note: styled('yellow', 'note', terminal),
    wrong: styled('red', 'BAD ', terminal),
  };
  const line = ({ state, text, advice }: Finding): string =>
    `${marks[state]}  ${text}${advice === null ? '' : `\n      → ${advice}`}\n`;
  await print(flags.json === true ? `${JSON.stringify(findings, null, 2)}\n` : findings.map(line).join(''));
  if (findings.some(({ state }) => state === 'wrong')) process.exitCode = EXIT.failed;
}

async function sayAudit(result: AuditResult, repair: RepairResult | null, flags: CheckFlags): Promise<void> {
  const { calls, rollups, differences, detailsFrom } = result;
  if (flags.json === true) {
    await print(`${JSON.stringify(repair === null ? result : { ...result, repair }, null, 2)}\n`);
  } else {
    for (const { hour, provider, model, measure, rollup, rows } of repair?.repaired ?? []) {
      await print(`repaired ${hour} ${provider} ${model}: ${measure} was ${rollup}, is ${rows}\n`);
    }
    if (repair !== null) {
      if (Math.max(repair.rollups, repair.laterTotals) > MAX_LISTED) {
        await print(`and more: the first ${MAX_LISTED} totals of each kind are listed\n`);
      }
      await print(`repaired hourly totals: ${repair.rollups}\n`);
      await print(`repaired totals by user, application, session and quarter of an hour: ${repair.laterTotals}\n`);
    }
    await print(`calls: ${calls}, hourly totals: ${rollups}, differences: ${differences.length}\n`);
    if (detailsFrom !== null) await print(`compared from ${detailsFrom} on; earlier calls are dropped by age\n`);
    for (const { hour, provider, model, measure, rollup, rows } of differences) {
      await print(`  ${hour} ${provider} ${model}: ${measure} is ${rollup}, its calls say ${rows}\n`);
    }
  }
  if (differences.length > 0) process.exitCode = EXIT.failed;
}
