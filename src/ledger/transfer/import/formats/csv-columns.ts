/** Any CSV file, by a map from our names to its columns. Our own export needs no map. */
import { OPERATION_OF_SERVICE } from '@wiretally/usage';
import type { ServiceType, Unit, Units } from '@wiretally/usage';
import { importedCall } from '../imported-call.ts';
import type { RowKeys } from '../row-keys.ts';
import { NotUnderstood } from '../row-reader.ts';
import type { RowReader } from '../row-reader.ts';
import { SourceError } from '../source.ts';
import type { ImportFormat } from './format.ts';

const UNITS = ['images', 'video_seconds', 'audio_seconds', 'characters'] as const satisfies readonly Unit[];

/** What a CSV file can say of a call. */
export const CSV_FIELDS = [
  'id',
  'time',
  'provider',
  'model',
  'service',
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'reasoning_tokens',
  ...UNITS,
  'units',
  'cost_usd',
  'user',
  'chat',
  'session',
  'application',
  'success',
  'status',
  'error_type',
  'duration_ms',
  'time_to_first_chunk_ms',
  'tags',
] as const;
type CsvField = (typeof CSV_FIELDS)[number];

export type ColumnMap = ReadonlyMap<CsvField, string>;

const isService = (text: string): text is ServiceType => Object.hasOwn(OPERATION_OF_SERVICE, text);

/** `model=Model name,time=created`: our name, then the file's. @throws SourceError */
export function parseColumnMap(text: string): ColumnMap {
  const map = new Map<CsvField, string>();
  for (const pair of text.split(',')) {
    const [name = '', ...rest] = pair.split('=');
    const field = CSV_FIELDS.find((each) => each === name.trim());
    const column = rest.join('=').trim();
    if (field === undefined || column === '') {
      throw new SourceError(
        `--map ${JSON.stringify(pair)} is not NAME=COLUMN, with one of these names: ${CSV_FIELDS.join(', ')}.`,
      );
    }
    map.set(field, column);
  }
  return map;
}

/** @param map names that are not in it are columns of the same name */
export function csvColumns(map: ColumnMap, keys: RowKeys): ImportFormat {
  const column = (field: CsvField): string => map.get(field) ?? field;
  return {
    name: 'csv',
    summary: 'a CSV file, by --map NAME=COLUMN,…; our own export needs no map',
    table: null,
    columns: CSV_FIELDS.map(column),
    required: [column('time'), ...map.values()],
    provider: null,
    understand(row) {
      const service = row.text(column('service'))?.toLowerCase() ?? 'text';
      if (!isService(service)) {
        throw new NotUnderstood(`${column('service')} is none of ${Object.keys(OPERATION_OF_SERVICE).join(', ')}`);
      }
      const status = row.count(column('status'));
      const errorType = row.text(column('error_type'));
      const success = row.flag(column('success')) ?? (errorType === null && (status === null || status < 400));
      return importedCall({
        key: row.text(column('id')) ?? keys.of(CSV_FIELDS.map((field) => row.text(column(field)))),
        timeUnixMicros: row.requiredTime(column('time')),
        provider: row.text(column('provider')),
        model: row.text(column('model')),
        service,
        operation: OPERATION_OF_SERVICE[service],
        inputTokens: row.count(column('input_tokens')),
        outputTokens: row.count(column('output_tokens')),
        totalTokens: row.count(column('total_tokens')),
        cacheReadTokens: row.count(column('cache_read_tokens')),
        cacheWriteTokens: row.count(column('cache_write_tokens')),
        reasoningTokens: row.count(column('reasoning_tokens')),
        units: unitsOf(row, column),
        statedCostUsd: row.money(column('cost_usd')),
        user: row.text(column('user')),
        chat: row.text(column('chat')),
        session: row.text(column('session')),
        application: row.text(column('application')),
        tags: tagsOf(row, column('tags')),
        success,
        status,
        errorType: success ? null : errorType,
        durationMs: row.amount(column('duration_ms')),
        timeToFirstChunkMs: row.amount(column('time_to_first_chunk_ms')),
      });
    },
  };
}

/** A column a unit, or one column with JSON as our export has it. */
function unitsOf(row: RowReader, column: (field: CsvField) => string): Units {
  const units: Partial<Record<Unit, number>> = {};
  for (const [name, value] of Object.entries(jsonObject(row, column('units')))) {
    if (typeof value === 'number' && value >= 0) units[name as Unit] = value;
  }
  for (const unit of UNITS) {
    const amount = row.amount(column(unit));
    if (amount !== null) units[unit] = amount;
  }
  return units;
}

function tagsOf(row: RowReader, column: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(jsonObject(row, column)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function jsonObject(row: RowReader, column: string): Record<string, unknown> {
  const text = row.text(column);
  if (text === null) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new NotUnderstood(`${column} is no JSON object`);
}
