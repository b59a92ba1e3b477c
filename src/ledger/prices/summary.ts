/** Why a call costs what it costs, in one sentence. */
import type { UnpricedReason, UsageMissingReason, UsageRecord } from '@wiretally/usage';

const UNPRICED: Readonly<Record<UnpricedReason, string>> = {
  'usage-missing': 'its usage is not known',
  'model-unknown': 'the model is not in the price data',
  'model-not-stated': 'neither request nor answer names a model',
  'price-unknown': 'the model is known, and its price is not',
  'unit-unpriced': 'something was used that the price of the model does not cover',
  'tier-unpriced': 'there is no price for the service tier that served it',
  'not-billed-here': 'it repeats or manages the work of another call, which bears the cost',
  'pricing-failed': 'its counts contradict each other',
};

const MISSING: Readonly<Record<UsageMissingReason, string>> = {
  'error-response': 'the provider answered with an error',
  aborted: 'the call was given up before its end',
  connection: 'no answer came',
  truncated: 'the answer was cut',
  'not-requested': 'the stream did not ask for usage (stream_options.include_usage)',
  'not-stated': 'the answer does not state it',
  pending: 'it is stated later, by a poll or a batch result',
  'not-parsable': 'the answer could not be parsed',
  'body-not-seen': 'the body was not seen',
  overload: 'the process was too busy to read it',
  'reader-failed': 'the reader failed',
};

const ZERO: Readonly<Record<string, string>> = {
  'free-model': 'the model is free',
  'free-operation': 'providers do not bill this operation',
  'in-lines': 'it began a batch, and each line of the batch has its own cost',
  'reported-zero': 'the provider states a cost of 0',
  local: 'it ran on a server of your own',
  'nothing-used': 'nothing that is billed was used',
};

export function summaryOf(record: UsageRecord): string {
  const { costUsd, costSource, costCalculatedUsd, costReportedUsd, costUpstreamUsd, zeroReason } = record;
  if (costUsd === null) return `No cost is known: ${whyUnpriced(record)}.`;
  if (zeroReason !== null) return `It cost nothing: ${ZERO[zeroReason] ?? zeroReason}.`;
  if (costSource === 'provider') {
    const upstream = costUsd === costReportedUsd ? '' : `, and $${costUpstreamUsd} that its upstream bills`;
    const beside =
      costCalculatedUsd === null ? 'No price list has it.' : `By the rate card it would be $${costCalculatedUsd}.`;
    return `The provider states $${costReportedUsd}${upstream}. ${beside}`;
  }
  if (record.priceCard === null) return `Whoever recorded it stated $${costUsd}.`;
  if (costSource === 'user') return `Your own price holds, also over what the provider states: $${costUsd}.`;
  return `It was calculated from the rate card: $${costUsd}.`;
}

function whyUnpriced({ unpricedReason, usageMissingReason }: UsageRecord): string {
  if (unpricedReason === null) return 'whoever recorded it did not say';
  const reason = UNPRICED[unpricedReason];
  if (unpricedReason !== 'usage-missing' || usageMissingReason === null) return reason;
  return `${reason}, since ${MISSING[usageMissingReason]}`;
}
