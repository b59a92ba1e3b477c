/** The columns of an exported call, in the order of a file, each with its SQL over `calls`. */

export type ExportedValue = string | number | boolean | null | object;

export interface ExportColumn {
  readonly name: string;
  readonly sql: string;
  /** How node-postgres gives it, and how JSON has it. Money stays text: it is exact. */
  readonly type: 'text' | 'number' | 'boolean' | 'json';
}

const text = (name: string, sql = name): ExportColumn => ({ name, sql, type: 'text' });
const number = (name: string, sql = name): ExportColumn => ({ name, sql, type: 'number' });
const money = (name: string): ExportColumn => text(name, `trim_scale(${name})::text`);

/** To the microsecond: with the id, it is the key of a call. */
export const EXACT_TIME = `to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** Only what says something about a call; nothing of it is a prompt, an answer or a key. */
export const CALL_COLUMNS: readonly ExportColumn[] = [
  text('id', 'id::text'),
  text('time', EXACT_TIME),
  text('provider'),
  text('model'),
  text('request_model'),
  text('response_model'),
  text('operation'),
  text('service', 'service_type'),
  text('application', 'service_name'),
  text('environment'),
  text('user', 'coalesce(user_id, request_user)'),
  text('chat', 'chat_id'),
  text('session', 'session_id'),
  number('input_tokens'),
  number('output_tokens'),
  number('total_tokens'),
  number('cache_read_tokens'),
  number('cache_write_tokens'),
  number('reasoning_tokens'),
  { name: 'units', sql: 'units', type: 'json' },
  money('cost_usd'),
  text('cost_source'),
  money('cost_reported_usd'),
  money('cost_calculated_usd'),
  text('price_card'),
  text('unpriced_reason'),
  text('usage_source'),
  text('usage_missing_reason'),
  { name: 'success', sql: 'success', type: 'boolean' },
  number('status'),
  text('error_type'),
  number('duration_ms', 'duration_us / 1000.0'),
  number('time_to_first_chunk_ms', 'time_to_first_chunk_us / 1000.0'),
  { name: 'streamed', sql: 'streamed', type: 'boolean' },
  text('response_id'),
  text('trace_id'),
  { name: 'tags', sql: 'tags', type: 'json' },
];
