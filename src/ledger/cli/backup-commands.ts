/** `wiretally backup` and `wiretally restore`: a whole ledger in one file. */
import type { Command } from 'commander';
import { formatCount } from '../report/numbers.ts';
import { restoreLedger } from '../restore-ledger.ts';
import { writeBackup } from '../store/backup/write-backup.ts';
import { addConnectionOptions, ledgerOptions, withLedger } from './connection.ts';
import type { ConnectionFlags } from './connection.ts';
import { EXIT } from './failure.ts';
import { print } from './output.ts';

export function addBackupCommands(program: Command): void {
  const backup = program
    .command('backup')
    .description('write the whole ledger, as of now, into one file; it may run meanwhile')
    .argument('<file>', 'a new file, such as ledger.wiretally.gz')
    .addHelpText(
      'after',
      '\nThe file names users: keep it as safe as the ledger.\n\nExample:\n  wiretally backup ledger.gz',
    );
  addConnectionOptions(backup, {
    insteadOfUrl: 'A backup reads the database itself: give --database, or run it where the ledger runs.',
  }).action(async (file: string, flags: ConnectionFlags) => {
    await withLedger(flags, async ({ pool }) => {
      const { rows } = await writeBackup(pool, file);
      await print(`${rowsText(rows)}\nwritten to ${file}\n`);
    });
  });

  const restore = program
    .command('restore')
    .description('fill an empty ledger from a backup, all of it or nothing, and audit it')
    .argument('<file>', 'made by wiretally backup')
    .addHelpText(
      'after',
      '\nEnds with 1 when a total differs from its calls.\n\nExample:\n  wiretally restore ledger.gz --data ./data/restored',
    );
  addConnectionOptions(restore, {
    insteadOfUrl: 'A restore fills a database itself: give --database or --data.',
  }).action(async (file: string, flags: ConnectionFlags) => {
    const { rows, audit } = await restoreLedger(file, ledgerOptions(flags));
    const { differences } = audit;
    await print(`${rowsText(rows)}\nrestored; totals that differ from their calls: ${differences.length}\n`);
    if (differences.length > 0) process.exitCode = EXIT.failed;
  });
}

function rowsText(rows: Readonly<Record<string, number>>): string {
  return Object.entries(rows)
    .filter(([, count]) => count > 0)
    .map(([table, count]) => `${table}: ${formatCount(count)}`)
    .join(', ');
}
