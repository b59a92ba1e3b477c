/**
 * A user's price table, as JSON or YAML holds it → PriceTable. Pure: it takes a parsed value; who read the text may say
 * on which lines things stand.
 *
 *     name: acme
 *     prices:
 *       - model: our-llama            # an id, a deployment's name, or a pattern: gpt-4*
 *         provider: openai            # optional
 *         from: 2026-01-01            # optional; the newest that has begun holds
 *         force: true                 # optional; also where the provider states a cost
 *         usd_per_million_tokens: { input: 1.5, output: 6, cache_read: 0.15 }
 *         long_context: { above_input_tokens: 200000, usd_per_million_tokens: { input: 3, output: 12 } }
 *       - model: our-images
 *         usd_per: { image: 0.04 }
 *       - model: our-own-*
 *         free: true
 *     deployments:
 *       - name: prod-chat
 *         model: gpt-4o
 *     discounts:
 *       - provider: openai
 *         percent_off: 15
 */
import { format, knownDecimal, multiply } from './decimal.ts';
import { priceProviderId } from './provider-ids.ts';
import type { Meter, Rate, TokenMeter } from './rate.ts';
import { TOKEN_METERS, UNITS } from './table-keys.ts';
import type { Deployment, Discount, PriceTable, UserPrice } from './table.ts';
import { Fields, issueText } from './table-fields.ts';
import type { PriceTableIssue } from './table-fields.ts';

export type { PriceTableIssue } from './table-fields.ts';

/** All that is wrong with a table, at once. */
export class PriceTableError extends Error {
  override readonly name = 'PriceTableError';
  readonly code = 'PRICE_TABLE_INVALID';
  readonly issues: readonly PriceTableIssue[];

  constructor(table: string, issues: readonly PriceTableIssue[]) {
    super(`The price table ${table} was not used:\n${issues.map((issue) => `- ${issueText(issue)}`).join('\n')}`);
    this.issues = issues;
  }
}

export interface ParseTableOptions {
  /** How messages and cards call the table, where it has no name of its own; a file's name, for example. */
  readonly name?: string;
  /** The line of the value at a path, counted from 1; null where it is not known. */
  readonly locate?: (path: readonly (string | number)[]) => number | null;
}

/**
 * @param value what the JSON or YAML text says.
 * @throws PriceTableError that names every place that is wrong, and its line where `locate` knows it.
 */
export function parsePriceTable(value: unknown, options: ParseTableOptions = {}): PriceTable {
  const issues: PriceTableIssue[] = [];
  const root = Fields.of(value, [], issues, options.locate ?? (() => null), [
    'name',
    'currency',
    'prices',
    'deployments',
    'discounts',
  ]);
  const name = root.text('name') ?? options.name ?? 'prices';
  const currency = root.text('currency');
  if (currency !== null && currency !== 'USD') root.issue('currency', 'prices are in USD; convert them');
  const prices = root.list('prices', PRICE_KEYS).flatMap(readPrice);
  const deployments = root.list('deployments', ['name', 'provider', 'model']).flatMap(readDeployment);
  const discounts = root.list('discounts', DISCOUNT_KEYS).flatMap(readDiscount);
  if (issues.length > 0) throw new PriceTableError(name, issues);
  return { name, source: 'user', prices, deployments, discounts };
}

const PRICE_KEYS = [
  'model',
  'provider',
  'from',
  'force',
  'free',
  'usd_per_million_tokens',
  'long_context',
  'usd_per',
  'included',
];

function readPrice(fields: Fields): readonly UserPrice[] {
  const model = fields.requiredText('model');
  const free = fields.flag('free');
  const rates = [...tokenRates(fields), ...unitRates(fields)];
  if (free && rates.length > 0) fields.issue('free', 'a free model has no prices; leave one of the two out');
  if (!free && rates.length === 0) fields.issue(null, 'needs usd_per_million_tokens, usd_per, or free: true');
  const included = fields.texts('included').flatMap((unit, index): Meter[] => {
    const meter = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
    if (meter !== undefined) return [meter[0]];
    fields.issue(['included', index], `is ${JSON.stringify(unit)}; known units are ${Object.keys(UNITS).join(', ')}`);
    return [];
  });
  if (model === null) return [];
  const price = { ...scope(fields), model: model.toLowerCase(), force: fields.flag('force'), free, rates, included };
  return [price];
}

function readDeployment(fields: Fields): readonly Deployment[] {
  const name = fields.requiredText('name');
  const model = fields.requiredText('model');
  if (name === null || model === null) return [];
  return [{ provider: scope(fields).provider, name: name.toLowerCase(), model }];
}

const DISCOUNT_KEYS = ['model', 'provider', 'from', 'force', 'percent_off'];

function readDiscount(fields: Fields): readonly Discount[] {
  const percent = fields.amount('percent_off');
  if (percent === null) {
    fields.issue('percent_off', 'is required: 15 for 15 percent off');
    return [];
  }
  const left = Number(percent) <= 100 ? format(multiply(minus100(percent), knownDecimal('0.01'))) : null;
  if (left === null) {
    fields.issue('percent_off', `is ${percent}; it is between 0 and 100`);
    return [];
  }
  const model = fields.text('model') ?? '*';
  return [{ ...scope(fields), model: model.toLowerCase(), factor: left, force: fields.flag('force') }];
}

/** 100 − percent, exact. */
function minus100(percent: string): { n: bigint; scale: number } {
  const { n, scale } = knownDecimal(percent);
  return { n: 100n * 10n ** BigInt(scale) - n, scale };
}

function scope(fields: Fields): { provider: string | null; from: string | null } {
  const provider = fields.text('provider');
  return { provider: provider === null ? null : priceProviderId(provider), from: fields.day('from') };
}

function tokenRates(fields: Fields): readonly Rate[] {
  const base = fields.amounts('usd_per_million_tokens', Object.keys(TOKEN_METERS));
  const long = fields.object('long_context', ['above_input_tokens', 'usd_per_million_tokens']);
  const above = long?.count('above_input_tokens') ?? null;
  const longPrices = long?.amounts('usd_per_million_tokens', Object.keys(TOKEN_METERS)) ?? new Map<string, string>();
  if (long !== null && above === null) long.issue('above_input_tokens', 'is required: a number of tokens');
  for (const meter of longPrices.keys()) {
    if (!base.has(meter)) long?.issue(['usd_per_million_tokens', meter], 'has no price below the boundary');
  }
  return [...base].map(([key, usd]): Rate => {
    const meter = key as TokenMeter;
    const missing = TOKEN_METERS[meter].filter((needed) => !base.has(needed));
    if (missing.length > 0) {
      fields.issue(['usd_per_million_tokens', meter], `is part of ${missing.join(' and ')}, which needs a price too`);
    }
    const tier = longPrices.get(meter);
    const tiers = tier === undefined || above === null ? {} : { tiers: [{ aboveInputTokens: above, usd: tier }] };
    return { meter, usd, per: 1e6, ...tiers };
  });
}

function unitRates(fields: Fields): readonly Rate[] {
  const rates: Rate[] = [];
  for (const [key, usd] of fields.amounts('usd_per', Object.keys(UNITS))) {
    const unit = UNITS[key];
    if (unit === undefined) continue;
    const [meter, per] = unit;
    if (rates.some((rate) => rate.meter === meter)) fields.issue(['usd_per', key], `prices ${meter} a second time`);
    rates.push({ meter, usd, per });
  }
  return rates;
}
