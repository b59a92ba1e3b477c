/** Sums from the calls themselves: they know everything, as long as they are kept, and take long. */
import { APPLICATION, callConditions, USER } from '../call-conditions.ts';
import type { StatementValues } from '../call-conditions.ts';
import type { Period } from '../period.ts';
import { groupColumns, select } from './source.ts';
import type { SourceQuery } from './source.ts';

/** How the rows answer to the names of dimensions. */
const EXPRESSIONS: Readonly<Record<string, string>> = {
  provider: 'provider',
  model: 'model',
  request_model: 'request_model',
  response_model: 'response_model',
  service: 'service_type',
  operation: 'operation',
  user: USER,
  chat: 'chat_id',
  session: 'session_id',
  application: APPLICATION,
  environment: 'environment',
  error: 'error_type',
};

const unit = (name: string): string => `nullif((units ->> '${name}')::numeric, 0)`;

export type CallTable = 'wiretally_private.calls' | 'wiretally_private.uncounted_calls()';

export function callsSource(
  query: SourceQuery,
  period: Period,
  values: StatementValues,
  table: CallTable = 'wiretally_private.calls',
  conditions: readonly string[] = [],
): string {
  const groups = groupColumns(query, EXPRESSIONS, 'created_at', values);
  const where = [...callConditions(period, query.filter, values), ...conditions];
  return select(
    groups,
    {
      requests: '1::bigint',
      failed: '(NOT success)::int',
      input_tokens: 'input_tokens',
      output_tokens: 'output_tokens',
      total_tokens: 'total_tokens',
      cache_read_tokens: 'cache_read_tokens',
      cache_write_tokens: 'cache_write_tokens',
      reasoning_tokens: 'reasoning_tokens',
      images: unit('images'),
      video_seconds: unit('video_seconds'),
      audio_seconds: unit('audio_seconds'),
      characters: unit('characters'),
      cost_usd: 'cost_usd',
      unpriced: '(cost_usd IS NULL)::int',
      without_usage: "(usage_source = 'missing')::int",
      duration_us: 'duration_us',
      duration_count: '(duration_us IS NOT NULL)::int',
    },
    `created_at AS first_used, created_at AS last_used
     FROM ${table} WHERE ${where.join(' AND ')}`,
  );
}

/** What the later totals do not count yet: in a second they do. */
export function uncountedSource(
  query: SourceQuery,
  period: Period,
  values: StatementValues,
  conditions: readonly string[] = [],
): string {
  return callsSource(query, period, values, 'wiretally_private.uncounted_calls()', conditions);
}
