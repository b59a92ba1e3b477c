/** The flags that all reports share. */
import { Option } from 'commander';
import type { Command } from 'commander';
import type { ReportQuery } from '../client/index.ts';
import { LANGUAGES } from '../report/language.ts';
import type { Language } from '../report/language.ts';
import { FORMATS } from '../report/formats.ts';
import type { Format } from '../report/formats.ts';
import { addConnectionOptions } from './connection.ts';
import type { ConnectionFlags } from './connection.ts';
import { addSelectionOptions, filterParameters, periodParameters } from './selection-flags.ts';
import type { SelectionFlags } from './selection-flags.ts';

export interface ReportFlags extends ConnectionFlags, SelectionFlags {
  /** Of the report of tags. */
  readonly tag?: string;
  readonly language?: Language;
  readonly format?: Format;
  readonly json?: true;
}

export function addReportOptions(command: Command, formats: readonly Format[] = FORMATS): Command {
  addSelectionOptions(command, '30')
    .addOption(new Option('--language <code>', 'en, fa or ar (default: en)').choices(LANGUAGES))
    .addOption(new Option('--format <name>', 'default: table').choices(formats).conflicts('json'))
    .option('--json', 'the same as --format json');
  return addConnectionOptions(command, 'remote');
}

export const formatOf = (flags: ReportFlags): Format => (flags.json === true ? 'json' : (flags.format ?? 'table'));

/** The names of the API's parameters. */
export function remoteParameters(flags: ReportFlags): ReportQuery {
  return {
    ...periodParameters(flags),
    language: flags.language ?? 'en',
    format: formatOf(flags),
    tag: flags.tag,
    ...filterParameters(flags),
  };
}
