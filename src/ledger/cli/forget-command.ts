/** `wiretally forget`: erases a person from the calls, and keeps the sums. */
import type { Command } from 'commander';
import { formatCount } from '../report/numbers.ts';
import { printable } from '../report/render/printable.ts';
import type { ForgetResult } from '../store/forget.ts';
import { addConnectionOptions, withLedger } from './connection.ts';
import type { ConnectionFlags } from './connection.ts';
import { UsageError } from './failure.ts';
import { print } from './output.ts';
import { userName } from './user-name.ts';

interface ForgetFlags extends ConnectionFlags {
  readonly user?: string;
  readonly session?: string;
  readonly apply?: true;
  readonly by?: string;
  readonly json?: true;
}

export function addForgetCommand(program: Command): void {
  const command = program
    .command('forget')
    .description("what would be erased of a person's or session's calls; erases it only with --apply")
    .option('--user <id>', 'calls that the service or the request named this user for')
    .option('--session <id>', 'calls of this session')
    .option('--apply', 'erase: it cannot be undone')
    .option('--by <name>', 'who (default: the user of this machine)')
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      `
Tokens, costs and all totals stay. User, chat, session, credential, trace and free tags go from the calls.
Backups made before still have them, and services that go on sending the id bring it back.

Examples:
  wiretally forget --user ada
  wiretally forget --user ada --apply`,
    );
  addConnectionOptions(command, {
    insteadOfUrl: 'Erasing needs the database itself: give --database, or run it where the ledger runs.',
  }).action(async (flags: ForgetFlags) => {
    const { user, session } = flags;
    const id = user ?? session;
    if (id === undefined || id === '' || (user !== undefined && session !== undefined)) {
      throw new UsageError('Say whom to forget: either --user ID or --session ID.');
    }
    await withLedger(flags, async (ledger) => {
      const result = await ledger.forget(
        { kind: user === undefined ? 'session' : 'user', id },
        flags.apply === true ? { by: flags.by ?? userName() } : null,
      );
      await print(flags.json === true ? `${JSON.stringify(result, null, 2)}\n` : `${forgetText(result)}\n`);
    });
  });
}

function forgetText(result: ForgetResult): string {
  const { erasure, tagsLeft } = result;
  const found = (
    [
      ['calls', result.calls],
      ['sessions', result.sessions],
      ['refused records', result.deadLetters],
      ['budgets', result.budgets],
      ['repricings', result.repricings],
    ] as const
  )
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${what}: ${formatCount(count)}`);
  const lines = [found.length === 0 ? 'Nothing in the ledger names it.' : found.join(', ')];
  if (tagsLeft.length > 0) {
    lines.push(`Totals by the tags ${tagsLeft.map(printable).join(', ')} have a value of the same name; they stay.`);
  }
  if (erasure !== null) lines.push(`Erased (${erasure}); the sums are what they were.`);
  else if (found.length > 0) lines.push('Nothing was changed: add --apply to erase it.');
  return lines.join('\n');
}
