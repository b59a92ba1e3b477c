/** `wiretally sessions` and `wiretally session ID`. */
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import type { z } from 'zod';
import { formatCount, formatDateTime, formatUsd } from '../report/numbers.ts';
import { onOneSnapshot } from '../report/queryable.ts';
import { renderCsv } from '../report/render/csv.ts';
import { printable } from '../report/render/printable.ts';
import { terminalTable } from '../report/render/terminal-table.ts';
import type { TerminalColumn } from '../report/render/terminal-table.ts';
import { listOperations } from '../serve/operations.ts';
import { listedSession, operationAnswer, usageStats } from '../serve/session-answers.ts';
import { findSession, listSessions } from '../serve/sessions.ts';
import type { ListedSession, Operation, UsageStats } from '../serve/usage-schemas.ts';
import { addConnectionOptions, remoteLedger, REMOTE_ZONE, withLedger } from './connection.ts';
import type { ConnectionFlags } from './connection.ts';
import { print, terminalOptions } from './output.ts';
import {
  addSelectionOptions,
  filterParameters,
  periodParameters,
  selectedFilter,
  selectedPeriod,
} from './selection-flags.ts';
import type { SelectionFlags } from './selection-flags.ts';

interface SessionFlags extends ConnectionFlags, SelectionFlags {
  readonly format?: 'table' | 'json' | 'csv';
  readonly json?: true;
  readonly limit?: number;
  readonly offset?: number;
}

export function addSessionCommands(program: Command): void {
  const list = program
    .command('sessions')
    .description('sessions with their cost, active ones first')
    .option('--limit <number>', 'how many (default: 50)', positive)
    .option('--offset <number>', 'how many of the first are left out', wholeNumber)
    .addHelpText(
      'after',
      `
With a period or a filter: the sessions that have such a call, the latest first.

Examples:
  wiretally sessions --limit 10 --json
  wiretally sessions --user ada --days 7`,
    );
  addOutput(addSelectionOptions(list)).action(async (flags: SessionFlags) => {
    const page = { limit: flags.limit ?? 50, offset: flags.offset ?? 0 };
    const remote = remoteLedger(flags);
    const text =
      remote === null
        ? await withLedger(flags, async ({ pool, timeZone }) =>
            renderSessions(
              (
                await listSessions(pool, new Date(), page, {
                  period: selectedPeriod(flags, new Date(), timeZone),
                  filter: selectedFilter(flags),
                })
              ).sessions.map(listedSession),
              timeZone,
              formatOf(flags),
            ),
          )
        : renderSessions(
            (await remote.sessions({ ...page, ...periodParameters(flags), ...filterParameters(flags) })).sessions,
            REMOTE_ZONE,
            formatOf(flags),
          );
    await print(text);
  });

  const one = program
    .command('session')
    .description('one session: its totals and its operations')
    .argument('<id>', 'the session')
    .option('--limit <number>', 'how many operations, newest first (default: 50)', positive)
    .option('--offset <number>', 'how many of the newest are left out', wholeNumber)
    .addHelpText('after', '\nExample:\n  wiretally session b2c7d1f0 --json');
  addOutput(one).action(async (id: string, flags: SessionFlags) => {
    const { limit = 50, offset = 0 } = flags;
    const remote = remoteLedger(flags);
    if (remote !== null) {
      const [stats, operations] = [
        await remote.sessionStats(id),
        await remote.recent({ session_id: id, limit, offset }),
      ];
      return print(renderSession(stats, operations, REMOTE_ZONE, formatOf(flags)));
    }
    await print(
      await withLedger(flags, ({ pool, timeZone }) =>
        onOneSnapshot(pool, async (db) => {
          const session = await findSession(db, id, new Date());
          if (session === null) throw new Error(`There is no session ${id}. "wiretally sessions" lists them.`);
          const operations = await listOperations(db, {
            period: { from: null, to: null },
            filter: { session: id },
            order: 'newest',
            limit,
            offset,
          });
          const stats = await usageStats(db, session);
          return renderSession(stats, operations.map(operationAnswer), timeZone, formatOf(flags));
        }),
      ),
    );
  });
}

/** What the API answers, which the command line shows wherever it is from. */
type Session = z.infer<typeof ListedSession>;
type Stats = z.infer<typeof UsageStats>;

function addOutput(command: Command): Command {
  command
    .addOption(new Option('--format <name>', 'default: table').choices(['table', 'json', 'csv']).conflicts('json'))
    .option('--json', 'the same as --format json');
  return addConnectionOptions(command, 'remote');
}

const formatOf = (flags: SessionFlags): 'table' | 'json' | 'csv' =>
  flags.json === true ? 'json' : (flags.format ?? 'table');

function positive(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1.');
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 0.');
}

const count = (value: number | null): string => (value === null ? 'unknown' : formatCount(value));
const usd = (value: string | null): string => (value === null ? 'unknown' : formatUsd(value));
const left = (head: string, dropFirst?: number): TerminalColumn => ({ head, align: 'left', ...drop(dropFirst) });
const name = (head: string): TerminalColumn => ({ head, align: 'left', mayBeCut: true });
const right = (head: string, dropFirst?: number): TerminalColumn => ({ head, align: 'right', ...drop(dropFirst) });
const drop = (order: number | undefined): { dropFirst?: number } => (order === undefined ? {} : { dropFirst: order });

function renderSessions(sessions: readonly Session[], timeZone: string, format: 'table' | 'json' | 'csv'): string {
  if (format === 'json') return `${JSON.stringify(sessions, null, 2)}\n`;
  if (format === 'csv') {
    return renderCsv(
      ['session_id', 'active', 'start_time', 'last_update', 'operations', 'total_tokens', 'cost_usd'],
      sessions.map((session) => [
        session.session_id,
        String(session.session_active),
        session.start_time,
        session.last_update,
        session.total_operations,
        session.total_tokens,
        session.total_cost_usd_exact,
      ]),
    );
  }
  if (sessions.length === 0)
    return 'No sessions yet. Start one by POST /api/usage/start-session, or withUsageContext.\n';
  const columns = [
    name('Session'),
    left(''),
    left('Started', 2),
    left('Last call', 1),
    right('Calls'),
    right('Tokens'),
    right('Cost'),
  ];
  const rows = sessions.map((session) => [
    printable(session.session_id),
    session.session_active ? 'active' : '',
    formatDateTime(new Date(session.start_time), timeZone),
    formatDateTime(new Date(session.last_update), timeZone),
    formatCount(session.total_operations),
    count(session.total_tokens),
    usd(session.total_cost_usd_exact),
  ]);
  return `${terminalTable(columns, rows, null, terminalOptions()).join('\n')}\n`;
}

function renderSession(
  session: Stats,
  operations: readonly Operation[],
  timeZone: string,
  format: 'table' | 'csv' | 'json',
): string {
  if (format === 'json') return `${JSON.stringify({ ...session, operations }, null, 2)}\n`;
  if (format === 'csv') {
    return renderCsv(
      [
        'record_id',
        'time',
        'provider',
        'model',
        'service',
        'operation',
        'input_tokens',
        'output_tokens',
        'cost_usd',
        'success',
      ],
      operations.map((row) => [
        row.record_id,
        row.time,
        row.provider,
        row.model_name,
        row.service_type,
        row.operation_type,
        row.input_tokens,
        row.output_tokens,
        row.cost_exact,
        String(row.success),
      ]),
    );
  }
  const columns = [
    left('Time'),
    left('Provider', 2),
    name('Model'),
    left('Operation', 1),
    right('Input'),
    right('Output'),
    right('Cost'),
    left('Result', 3),
  ];
  const rows = operations.map((row) => [
    formatDateTime(new Date(row.time), timeZone),
    printable(row.provider),
    printable(row.model_name ?? 'unknown'),
    printable(row.operation_type),
    row.input_tokens === null ? '' : formatCount(row.input_tokens),
    row.output_tokens === null ? '' : formatCount(row.output_tokens),
    row.cost_exact === null ? `unknown (${row.unpriced_reason ?? 'no price'})` : formatUsd(row.cost_exact),
    row.success ? 'ok' : printable(row.error_type ?? 'failed'),
  ]);
  const { session_id: id, total_operations: total } = session;
  const state = session.session_active ? 'active' : 'ended';
  const tokens = total === 0 ? '0' : count(session.total_tokens);
  return `${[
    `Session ${printable(id)}, ${state}, since ${formatDateTime(new Date(session.start_time), timeZone)}`,
    `${formatCount(total)} operations, ${tokens} tokens, ${usd(session.total_cost_exact)}`,
    '',
    ...terminalTable(columns, rows, null, terminalOptions()),
  ].join('\n')}\n`;
}
