/**
 * A record as a line of COPY's text format. Most columns are null or say what the record before said: these are put
 * together once and remembered, which takes a third of the time of asking for each value.
 */
import type { TokenCounts, UsageRecord } from '@wiretally/usage';
import { RECORD_COLUMNS, TOKEN_DETAILS } from './call-columns.ts';

type Fragment = (record: UsageRecord) => string;

const VALUE_OF = new Map(RECORD_COLUMNS);

const plain =
  (column: string): Fragment =>
  (record) =>
    field(VALUE_OF.get(column)?.(record) ?? null);

const together =
  (columns: readonly string[]): Fragment =>
  (record) =>
    columns.map((column) => field(VALUE_OF.get(column)?.(record) ?? null)).join('\t');

/** What the calls of one rollup group say alike, mostly. */
const ALIKE: readonly string[] = [
  'kind',
  'source',
  'provider',
  'upstream_provider',
  'operation',
  'service_type',
  'streamed',
  'request_model',
  'response_model',
  'host',
  'port',
  'usage_source',
  'usage_missing_reason',
  'status',
  'error_type',
  'error_class',
  'cost_source',
  'price_card',
  'unpriced_reason',
  'zero_reason',
  'credential',
  'service_name',
  'service_version',
  'environment',
];

/** In all that ALIKE is made of. Written out: a loop over names takes ten times as long. */
const areAlike = (a: UsageRecord, b: UsageRecord): boolean =>
  a.kind === b.kind &&
  a.source === b.source &&
  a.provider === b.provider &&
  a.upstreamProvider === b.upstreamProvider &&
  a.operation === b.operation &&
  a.serviceType === b.serviceType &&
  a.streamed === b.streamed &&
  a.requestModel === b.requestModel &&
  a.responseModel === b.responseModel &&
  a.host === b.host &&
  a.port === b.port &&
  a.usageSource === b.usageSource &&
  a.usageMissingReason === b.usageMissingReason &&
  a.status === b.status &&
  a.errorType === b.errorType &&
  a.errorClass === b.errorClass &&
  a.costSource === b.costSource &&
  a.priceCard === b.priceCard &&
  a.unpricedReason === b.unpricedReason &&
  a.zeroReason === b.zeroReason &&
  a.credential === b.credential &&
  a.serviceName === b.serviceName &&
  a.serviceVersion === b.serviceVersion &&
  a.environment === b.environment;

function remembered(): Fragment {
  const compose = together(ALIKE);
  let last: UsageRecord | null = null;
  let text = '';
  return (record) => {
    if (last !== null && areAlike(record, last)) return text;
    last = record;
    text = compose(record);
    return text;
  };
}

/** Columns that few calls have. */
function seldom(columns: readonly string[], isNothing: (record: UsageRecord) => boolean): Fragment {
  const nothing = columns.map(() => '\\N').join('\t');
  const compose = together(columns);
  return (record) => (isNothing(record) ? nothing : compose(record));
}

const RARE_COUNTS: readonly (keyof TokenCounts)[] = ['billedInput', 'billedOutput', ...TOKEN_DETAILS];

const hasNoDetails = ({ tokens }: UsageRecord): boolean => {
  for (const name of RARE_COUNTS) if (tokens[name] !== null) return false;
  return true;
};

const isNothingElse = (record: UsageRecord): boolean =>
  record.costReportedUsd === null &&
  record.costUpstreamUsd === null &&
  record.retryAfterSeconds === null &&
  record.retryCount === null &&
  record.attemptGroup === null &&
  record.requestUser === null &&
  record.chatId === null &&
  record.timeToFirstChunkMs === null &&
  record.parts.length === 0 &&
  record.rateLimits.length === 0 &&
  hasNone(record.units);

function hasNone(value: object): boolean {
  for (const _ in value) return false;
  return true;
}

const SELDOM: readonly (readonly [columns: readonly string[], isNothing: (record: UsageRecord) => boolean])[] = [
  [['billed_input_tokens', 'billed_output_tokens', 'token_details'], hasNoDetails],
  [
    [
      'cost_reported_usd',
      'cost_upstream_usd',
      'retry_after_seconds',
      'retry_count',
      'attempt_group',
      'request_user',
      'chat_id',
      'time_to_first_chunk_us',
      'parts',
      'rate_limits',
      'units',
    ],
    isNothingElse,
  ],
];

const OFTEN: readonly string[] = RECORD_COLUMNS.map(([column]) => column).filter(
  (column) => !ALIKE.includes(column) && !SELDOM.some(([columns]) => columns.includes(column)),
);

/** In the order of the line. */
export const ENCODED_COLUMNS: readonly string[] = [...ALIKE, ...SELDOM.flatMap(([columns]) => columns), ...OFTEN];

/** Number of pieces that an encoder writes. */
export const PIECES: number = 1 + SELDOM.length + OFTEN.length;

/** @returns writes the pieces of a record from `at` on; keep one for each rollup group */
export function createEncoder(): (record: UsageRecord, pieces: string[], at: number) => void {
  const alike = remembered();
  return (record, pieces, at) => {
    pieces[at] = alike(record);
    let next = at + 1;
    for (const fragment of OTHERS) {
      pieces[next] = fragment(record);
      next += 1;
    }
  };
}
const OTHERS: readonly Fragment[] = [
  ...SELDOM.map(([columns, isNothing]) => seldom(columns, isNothing)),
  ...OFTEN.map(plain),
];

const SPECIAL = /[\\\t\n\r]/;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** A value in COPY's text format. */
export function field(value: string | null): string {
  if (value === null) return '\\N';
  if (!SPECIAL.test(value)) return value;
  return value.replaceAll(/[\\\t\n\r]/g, (character) => ESCAPES[character] ?? character);
}
