/** A record made ready for the store: one line of COPY text, and what the rollup needs. */
import { errorMessage } from '../ledger-error.ts';
import { isEmpty, MAX_JSON, RECORD_COLUMNS } from './call-columns.ts';
import { whyNotStorable } from './check-record.ts';
import { cleanJson, cleanText } from './clean-text.ts';
import type { CountedCall } from './counted-call.ts';
import { formatDecimal, parseDecimal } from './decimal.ts';
import type { ParsedRecord } from './ingest-types.ts';
import { createRollupGroups } from './rollup-key.ts';
import type { RollupGroup } from './rollup-key.ts';
import { formatMicros, hourOf } from './timestamp.ts';

export interface PreparedCall extends CountedCall {
  readonly id: string;
  readonly group: RollupGroup;
  /** COPY text with its newline. */
  readonly line: string;
}

export type Prepared = PreparedCall | { readonly refused: string };

export const COPY_COLUMNS: readonly string[] = [
  'created_at',
  'id',
  'rollup_key',
  'model',
  'success',
  'cost_usd',
  'attributes',
  ...RECORD_COLUMNS.map(([column]) => column),
];

/** Names in a rollup are shorter than on the row: they are repeated in each hour. */
const MAX_NAME = 200;
const SEPARATOR = '\u001f';

const name = (value: string | null): string =>
  value === null ? '' : cleanText(value, MAX_NAME).replaceAll(SEPARATOR, ' ');

/** @param promotedTags at most four keys */
export function createPreparer(promotedTags: readonly string[]): (parsed: ParsedRecord) => Prepared {
  const keys = [...new Set(promotedTags)].toSorted();
  const groupOf = createRollupGroups();

  const promoted = (record: ParsedRecord['record']): [string, string][] => {
    const found: [string, string][] = [];
    for (const key of keys) {
      const value = record.tags[key] ?? (key === 'environment' ? record.environment : null);
      if (value !== null && value !== '') found.push([key, name(value)]);
    }
    return found;
  };

  return ({ record, unknown }) => {
    try {
      const refused = whyNotStorable(record);
      if (refused !== null) return { refused };
      const model = record.requestModel ?? record.responseModel;
      const group = groupOf({
        provider: name(record.provider),
        model: name(model),
        requestModel: name(record.requestModel),
        responseModel: name(record.responseModel),
        operation: name(record.operation),
        serviceType: name(record.serviceType),
        kind: name(record.kind),
        tags: promoted(record),
      });
      const id = record.id.toLowerCase();
      const success = record.errorType === null && (record.status === null || record.status < 400);
      const cost = record.costUsd === null ? null : parseDecimal(record.costUsd);
      let line = `${formatMicros(record.timeUnixMicros)}\t${id}\t${group.key}\t${field(name(model) || null)}`;
      line += success ? '\tt' : '\tf';
      line += `\t${field(cost === null ? null : formatDecimal(cost))}`;
      line += `\t${field(isEmpty(unknown) ? null : cleanJson(unknown))}`;
      for (const [, valueOf] of RECORD_COLUMNS) line += `\t${field(valueOf(record))}`;
      if (line.length > MAX_JSON) return { refused: `the record is larger than ${MAX_JSON} characters` };
      const { timeUnixMicros } = record;
      const hourMicros = hourOf(timeUnixMicros);
      const rollupKey = group.key;
      return { record, id, timeUnixMicros, hourMicros, rollupKey, group, success, cost, line: `${line}\n` };
    } catch (error) {
      return { refused: `the record cannot be read: ${errorMessage(error)}` };
    }
  };
}

const SPECIAL = /[\\\t\n\r]/;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** A value in COPY's text format. */
function field(value: string | null): string {
  if (value === null) return '\\N';
  if (!SPECIAL.test(value)) return value;
  return value.replaceAll(/[\\\t\n\r]/g, (character) => ESCAPES[character] ?? character);
}
