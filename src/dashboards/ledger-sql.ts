/** What the queries on the ledger share. They read the hourly sums, so that a month of a busy service answers in milliseconds. */

/** A list that may be empty: `in ()` would be an error of syntax, an empty array finds nothing. */
const chosen = (column: string, variable: string): string =>
  `${column} = any(array[\${${variable}:sqlstring}]::text[])`;

/** A model that no one stated is shown, and can be chosen, under this name. */
export const MODEL_NAME = `coalesce(nullif(model, ''), 'unknown')`;

/** Calls that count in sums, of all hours that the range touches. */
export const IN_RANGE = [
  `kind = 'call'`,
  `hour >= date_trunc('hour', $__timeFrom()::timestamptz, 'UTC')`,
  `hour <= $__timeTo()::timestamptz`,
].join(' and ');

export const OF_PROVIDERS = chosen('provider', 'provider');
export const OF_MODELS = chosen(MODEL_NAME, 'model');

/** Null where no call of the group stated it: unknown is never 0. */
export const known = (sum: string, unknown: string): string =>
  `case when sum(${unknown}) < sum(requests) then sum(${sum}) end`;

export const COST = known('cost_usd', 'unpriced');
export const SUCCESS_RATE = '1 - sum(failed) / nullif(sum(requests), 0)';
/** Over the calls that stated their tokens, not over all. */
export const MEAN_TOKENS = 'sum(total_tokens) / nullif(sum(requests) - sum(total_unknown), 0)';
export const MEAN_RESPONSE_MS = 'sum(duration_us) / 1000.0 / nullif(sum(duration_count), 0)';
/** Milliseconds since the epoch, as Grafana's "from now" unit takes a moment. */
export const LAST_USED = 'extract(epoch from max(last_used)) * 1000';
