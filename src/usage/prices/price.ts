/** `price`: Reading → Pricing. Pure and dated: the time of the call comes in as an argument. */
import type { Pricing, Reading } from '../record.ts';

export interface PriceOptions {
  /** When the call was made, epoch milliseconds: prices are dated. */
  readonly atMs: number;
}

/**
 * What the call cost, with its evidence. Never throws.
 */
export function priceReading(reading: Reading, _options: PriceOptions): Pricing {
  return {
    costReportedUsd: reading.costReportedUsd,
    costCalculatedUsd: null,
    costUsd: reading.costReportedUsd,
    costSource: reading.costReportedUsd === null ? null : 'provider',
    priceCard: null,
    unpricedReason: reading.costReportedUsd === null ? 'price-unknown' : null,
    zeroReason: null,
  };
}
