/** The flags that choose calls: a period and whose they are. */
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import type { UsageFilter } from '../report/call-conditions.ts';
import type { Period } from '../report/period.ts';
import { ApiError } from '../serve/api-error.ts';
import { moment, periodOf } from '../serve/schemas.ts';
import type { PeriodParameters } from '../serve/schemas.ts';
import { UsageError } from './failure.ts';

export interface SelectionFlags {
  readonly days?: number;
  readonly from?: string;
  readonly to?: string;
  readonly provider?: string;
  readonly model?: string;
  readonly service?: string;
  readonly user?: string;
  readonly session?: string;
  readonly application?: string;
  readonly team?: string;
  readonly project?: string;
  readonly feature?: string;
  readonly environment?: string;
}

export function addSelectionOptions(command: Command, unlessGiven = 'all time'): Command {
  return addFilterOptions(
    command
      .option('--days <number>', `the last N days (default: ${unlessGiven})`, wholeDays)
      .option('--from <time>', 'first day or instant, included', momentOf)
      .option('--to <time>', 'last day, included, or an instant, not included', momentOf),
  );
}

export function addFilterOptions(command: Command): Command {
  return command
    .option('--provider <name>', 'calls of one provider only')
    .option('--model <id>', 'calls of one model only')
    .option('--service <type>', 'text, image, video, speech, …')
    .option('--user <id>', 'calls for one user only')
    .option('--session <id>', 'calls of one session only')
    .option('--application <name>', 'calls of one service.name only')
    .option('--team <value>', 'calls with this tag only; so also:')
    .option('--project <value>')
    .option('--feature <value>')
    .option('--environment <value>');
}

/** @throws UsageError where the flags contradict each other. */
export function selectedPeriod(flags: Pick<SelectionFlags, 'days' | 'from' | 'to'>, now: Date, zone: string): Period {
  try {
    return periodOf(flags, now, zone);
  } catch (error) {
    if (error instanceof ApiError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

export function selectedFilter(flags: SelectionFlags): UsageFilter {
  const { provider, model, service, user, session, application } = flags;
  return { provider, model, service, user, session, application, tags: tagsOf(flags) };
}

export function periodParameters({ days, from, to }: SelectionFlags): PeriodParameters {
  return { days, from, to };
}

/** The same under the names of the API's parameters. */
export function filterParameters(flags: SelectionFlags): Record<string, string | undefined> {
  const { provider, model, service, user, session, application } = flags;
  return { provider, model, service, user_id: user, session_id: session, application, ...tagsOf(flags) };
}

function tagsOf({ team, project, feature, environment }: SelectionFlags): Record<string, string> {
  const given = Object.entries({ team, project, feature, environment });
  return Object.fromEntries(given.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

export function momentOf(text: string): string {
  if (moment.safeParse(text).success) return text;
  throw new InvalidArgumentError('It must be a date such as 2025-10-30 or a time such as 2025-10-30T12:00:00Z.');
}

export function wholeDays(text: string): number {
  const days = Number(text);
  if (/^\d{1,5}$/.test(text) && days >= 1 && days <= 36_500) return days;
  throw new InvalidArgumentError('It must be a whole number of days from 1 to 36500.');
}
