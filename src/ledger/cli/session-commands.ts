/** `wiretally sessions` and `wiretally session ID`. */
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { formatCount, formatDateTime, formatUsd } from '../report/numbers.ts';
import { onOneSnapshot } from '../report/queryable.ts';
import { renderCsv } from '../report/render/csv.ts';
import { printable } from '../report/render/printable.ts';
import { terminalTable } from '../report/render/terminal-table.ts';
import type { TerminalColumn } from '../report/render/terminal-table.ts';
import { listOperations } from '../serve/operations.ts';
import type { OperationRow } from '../serve/operations.ts';
import { operationAnswer, sessionSummary, usageStats } from '../serve/session-answers.ts';
import { findSession, listSessions } from '../serve/sessions.ts';
import type { SessionRow } from '../serve/sessions.ts';
import { addConnectionOptions, withLedger } from './connection.ts';
import type { ConnectionFlags } from './connection.ts';
import { print, terminalOptions } from './output.ts';

interface SessionFlags extends ConnectionFlags {
  readonly format?: 'table' | 'json' | 'csv';
  readonly json?: true;
  readonly limit?: number;
}

export function addSessionCommands(program: Command): void {
  const list = program
    .command('sessions')
    .description('sessions with their cost, active ones first')
    .option('--limit <number>', 'how many (default: 50)', positive)
    .addHelpText('after', '\nExample:\n  wiretally sessions --limit 10 --json');
  addOutput(list).action(async (flags: SessionFlags) => {
    await withLedger(flags, async ({ pool, timeZone }) => {
      const sessions = await listSessions(pool, new Date(), { limit: flags.limit ?? 50, offset: 0 });
      await print(renderSessions(sessions, timeZone, formatOf(flags)));
    });
  });

  const one = program
    .command('session')
    .description('one session: its totals and its operations')
    .argument('<id>', 'the session')
    .option('--limit <number>', 'how many operations, newest first (default: 50)', positive)
    .addHelpText('after', '\nExample:\n  wiretally session b2c7d1f0 --json');
  addOutput(one).action(async (id: string, flags: SessionFlags) => {
    await withLedger(flags, async ({ pool, timeZone }) => {
      const text = await onOneSnapshot(pool, async (db) => {
        const session = await findSession(db, id, new Date());
        if (session === null) throw new Error(`There is no session ${id}. "wiretally sessions" lists them.`);
        const operations = await listOperations(db, {
          period: { from: null, to: null },
          filter: { session: id },
          order: 'newest',
          limit: flags.limit ?? 50,
        });
        if (formatOf(flags) === 'json') {
          const stats = await usageStats(db, session);
          return `${JSON.stringify({ ...stats, operations: operations.map(operationAnswer) }, null, 2)}\n`;
        }
        return renderSession(session, operations, timeZone, formatOf(flags));
      });
      await print(text);
    });
  });
}

function addOutput(command: Command): Command {
  command
    .addOption(new Option('--format <name>', 'default: table').choices(['table', 'json', 'csv']).conflicts('json'))
    .option('--json', 'the same as --format json');
  return addConnectionOptions(command, 'local-only');
}

const formatOf = (flags: SessionFlags): 'table' | 'json' | 'csv' =>
  flags.json === true ? 'json' : (flags.format ?? 'table');

function positive(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1.');
}

const count = (value: number | null): string => (value === null ? 'unknown' : formatCount(value));
const usd = (value: string | null): string => (value === null ? 'unknown' : formatUsd(value));
const left = (head: string, dropFirst?: number): TerminalColumn => ({ head, align: 'left', ...drop(dropFirst) });
const name = (head: string): TerminalColumn => ({ head, align: 'left', mayBeCut: true });
const right = (head: string, dropFirst?: number): TerminalColumn => ({ head, align: 'right', ...drop(dropFirst) });
const drop = (order: number | undefined): { dropFirst?: number } => (order === undefined ? {} : { dropFirst: order });

function renderSessions(sessions: readonly SessionRow[], timeZone: string, format: 'table' | 'json' | 'csv'): string {
  if (format === 'json') {
    return `${JSON.stringify(
      sessions.map((session) => ({ ...sessionSummary(session), session_active: session.active })),
      null,
      2,
    )}\n`;
  }
  if (format === 'csv') {
    return renderCsv(
      ['session_id', 'active', 'start_time', 'last_update', 'operations', 'total_tokens', 'cost_usd'],
      sessions.map((session) => [
        session.sessionId,
        String(session.active),
        session.startedAt.toISOString(),
        session.lastUpdateAt.toISOString(),
        session.operations,
        session.totalTokens,
        session.costUsd,
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
    printable(session.sessionId),
    session.active ? 'active' : '',
    formatDateTime(session.startedAt, timeZone),
    formatDateTime(session.lastUpdateAt, timeZone),
    formatCount(session.operations),
    session.operations === 0 ? '0' : count(session.totalTokens),
    session.operations === 0 ? usd('0') : usd(session.costUsd),
  ]);
  return `${terminalTable(columns, rows, null, terminalOptions()).join('\n')}\n`;
}

function renderSession(
  session: SessionRow,
  operations: readonly OperationRow[],
  timeZone: string,
  format: 'table' | 'csv' | 'json',
): string {
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
        row.recordId,
        row.at.toISOString(),
        row.provider,
        row.model,
        row.service,
        row.operation,
        row.inputTokens,
        row.outputTokens,
        row.costUsd,
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
    formatDateTime(row.at, timeZone),
    printable(row.provider),
    printable(row.model ?? 'unknown'),
    printable(row.operation),
    row.inputTokens === null ? '' : formatCount(row.inputTokens),
    row.outputTokens === null ? '' : formatCount(row.outputTokens),
    row.costUsd === null ? `unknown (${row.unpricedReason ?? 'no price'})` : formatUsd(row.costUsd),
    row.success ? 'ok' : printable(row.errorType ?? 'failed'),
  ]);
  return `${[
    `Session ${printable(session.sessionId)}, ${session.active ? 'active' : 'ended'}, since ${formatDateTime(session.startedAt, timeZone)}`,
    `${formatCount(session.operations)} operations, ${count(session.totalTokens)} tokens, ${usd(session.operations === 0 ? '0' : session.costUsd)}`,
    '',
    ...terminalTable(columns, rows, null, terminalOptions()),
  ].join('\n')}\n`;
}
