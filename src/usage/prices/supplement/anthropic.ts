/** Claude wherever it is served: fetches without a fee, and one-hour cache writes at twice the price of input. */
import { format, knownDecimal, multiply } from '../decimal.ts';
import type { Rate, RateSheet } from '../rate.ts';
import type { SupplementEntry } from './entry.ts';

export const ANTHROPIC: readonly SupplementEntry[] = [
  {
    providers: ['anthropic', 'azure', 'aws', 'google'],
    match: /claude/,
    model: '*',
    name: null,
    kind: 'extra',
    from: null,
    source: 'https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-fetch-tool',
    checked: '2026-09',
    rates: [],
    included: ['fetches'],
  },
];

/** https://platform.claude.com/docs/en/build-with-claude/prompt-caching#pricing, for those who resell it too. */
const HOUR_WRITE_FACTOR = knownDecimal(2);

/** The price base has the one-hour price for Anthropic's own models only; elsewhere they would cost five minutes. */
export function withHourWrites(sheet: RateSheet): RateSheet {
  const has = (meter: Rate['meter']): Rate | undefined => sheet.rates.find((rate) => rate.meter === meter);
  const input = has('input');
  if (!sheet.model.includes('claude') || input === undefined) return sheet;
  if (has('cache_write') === undefined || has('cache_write_1h') !== undefined) return sheet;
  const twice = (usd: string): string => format(multiply(knownDecimal(usd), HOUR_WRITE_FACTOR));
  const tiers = input.tiers?.map((tier) => ({ ...tier, usd: twice(tier.usd) }));
  const rate: Rate = {
    meter: 'cache_write_1h',
    usd: twice(input.usd),
    per: input.per,
    ...(tiers === undefined ? {} : { tiers }),
  };
  return { ...sheet, rates: [...sheet.rates, rate] };
}
