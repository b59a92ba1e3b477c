/** The flags that all reports share. */
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { LANGUAGES } from '../report/language.ts';
import type { Language } from '../report/language.ts';
import { FORMATS } from '../report/formats.ts';
import type { Format } from '../report/formats.ts';
import { addConnectionOptions } from './connection.ts';
import type { ConnectionFlags } from './connection.ts';

export interface ReportFlags extends ConnectionFlags {
  readonly days?: number;
  readonly language?: Language;
  readonly format?: Format;
  readonly json?: true;
  readonly provider?: string;
  readonly model?: string;
  readonly service?: string;
  readonly user?: string;
  readonly session?: string;
}

export function addReportOptions(command: Command, formats: readonly Format[] = FORMATS): Command {
  command
    .option('--days <number>', 'the last N days (default: 30)', wholeDays)
    .addOption(new Option('--language <code>', 'en, fa or ar (default: en)').choices(LANGUAGES))
    .addOption(new Option('--format <name>', 'default: table').choices(formats).conflicts('json'))
    .option('--json', 'the same as --format json')
    .option('--provider <name>', 'calls of one provider only')
    .option('--model <id>', 'calls of one model only')
    .option('--service <type>', 'text, image, video, speech, …')
    .option('--user <id>', 'calls for one user only')
    .option('--session <id>', 'calls of one session only');
  return addConnectionOptions(command, 'remote');
}

export const formatOf = (flags: ReportFlags): Format => (flags.json === true ? 'json' : (flags.format ?? 'table'));

/** The names of the API's parameters. */
export function remoteParameters(flags: ReportFlags): Record<string, string | undefined> {
  return {
    days: flags.days?.toString(),
    language: flags.language,
    format: formatOf(flags),
    provider: flags.provider,
    model: flags.model,
    service: flags.service,
    user_id: flags.user,
    session_id: flags.session,
  };
}

function wholeDays(text: string): number {
  const days = Number(text);
  if (/^\d{1,5}$/.test(text) && days >= 1 && days <= 36_500) return days;
  throw new InvalidArgumentError('It must be a whole number of days from 1 to 36500.');
}
