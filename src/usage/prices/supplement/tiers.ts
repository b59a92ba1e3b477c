/**
 * What multiplies a price: service tiers, where a call was computed, how fast. No price source of ours has these.
 *
 * A tier that no rule knows leaves the call unpriced: half or double the price is a guess.
 */
import type { PriceModifiers } from '../../record.ts';
import { perMillion } from '../rate.ts';
import type { Modifier, Rate, RateSheet } from '../rate.ts';

/** Tiers at list price. `auto` is what was asked for; answers that repeat it were served as `default`. */
const LIST_PRICE: ReadonlySet<string> = new Set([
  'default',
  'standard',
  'auto',
  'on_demand',
  'unspecified',
  'standard_only',
  // Capacity that OpenRouter holds upstream and passes on at list price.
  'provisioned',
]);

interface TierRule {
  readonly providers: readonly string[];
  readonly tier: string;
  /** Absent: all models of the provider. */
  readonly match?: RegExp;
  readonly factor: string;
  /** Default: all token meters. */
  readonly meters?: Modifier['meters'];
  readonly source: string;
  readonly checked: string;
}

const OPENAI = 'https://developers.openai.com/api/docs/pricing';
const GEMINI = 'https://ai.google.dev/gemini-api/docs/pricing';
const CLAUDE = 'https://platform.claude.com/docs/en/about-claude/pricing';

export const TIER_RULES: readonly TierRule[] = [
  { providers: ['openai'], tier: 'batch', factor: '0.5', source: OPENAI, checked: '2026-09-24' },
  {
    providers: ['openai'],
    tier: 'flex',
    match: /^(?:gpt-[56]|o3|o4-mini)/,
    factor: '0.5',
    source: OPENAI,
    checked: '2026-09-24',
  },
  {
    providers: ['openai'],
    tier: 'priority',
    match: /^(?:gpt-5-mini|gpt-5\.1-codex-mini)/,
    factor: '1.8',
    source: OPENAI,
    checked: '2026-07-24',
  },
  {
    providers: ['openai'],
    tier: 'priority',
    match: /^(?:gpt-4o|gpt-4o-2024-(?:08-06|11-20))$/,
    factor: '1.7',
    source: OPENAI,
    checked: '2026-09-24',
  },
  {
    providers: ['openai'],
    tier: 'priority',
    match: /^(?:gpt-4\.1|gpt-4\.1-mini|o3|gpt-4o-2024-05-13)$/,
    factor: '1.75',
    source: OPENAI,
    checked: '2026-07-24',
  },
  {
    providers: ['openai'],
    tier: 'priority',
    match:
      /^(?:gpt-4\.1-nano|gpt-5|gpt-5\.[12]|gpt-5\.3(?:-codex)?|gpt-5\.4(?:-mini)?|gpt-5\.5|gpt-5\.6-\w+|gpt-6-\w+)$/,
    factor: '2',
    source: OPENAI,
    checked: '2026-09-24',
  },
  { providers: ['anthropic'], tier: 'batch', factor: '0.5', source: CLAUDE, checked: '2026-09' },
  // The batch tab repeats the standard price for cached input.
  {
    providers: ['google'],
    tier: 'batch',
    match: /^gemini/,
    factor: '0.5',
    meters: [
      'input',
      'input_audio',
      'input_image',
      'input_video',
      'output',
      'output_reasoning',
      'output_audio',
      'output_image',
      'output_video',
    ],
    source: GEMINI,
    checked: '2026-09',
  },
  { providers: ['google'], tier: 'flex', match: /^gemini-[3-9]/, factor: '0.5', source: GEMINI, checked: '2026-09' },
  {
    providers: ['google'],
    tier: 'priority',
    match: /^gemini-[3-9]/,
    factor: '1.8',
    source: GEMINI,
    checked: '2026-09',
  },
  {
    providers: ['groq'],
    tier: 'batch',
    factor: '0.5',
    meters: 'all',
    source: 'https://groq.com/pricing',
    checked: '2026-07',
  },
  // Flex has higher limits and no promise of capacity, at the on-demand price.
  {
    providers: ['groq'],
    tier: 'flex',
    factor: '1',
    source: 'https://console.groq.com/docs/flex-processing',
    checked: '2026-07',
  },
  { providers: ['mistral'], tier: 'batch', factor: '0.5', source: 'https://mistral.ai/pricing', checked: '2026-07' },
  {
    providers: ['together'],
    tier: 'batch',
    factor: '0.5',
    source: 'https://docs.together.ai/docs/batch-inference',
    checked: '2026-07',
  },
  {
    providers: ['fireworks'],
    tier: 'batch',
    factor: '0.5',
    source: 'https://fireworks.ai/pricing',
    checked: '2026-07',
  },
  {
    providers: ['aws'],
    tier: 'batch',
    factor: '0.5',
    source: 'https://aws.amazon.com/bedrock/pricing/',
    checked: '2026-07',
  },
  {
    providers: ['azure'],
    tier: 'batch',
    match: /^(?:gpt-|o\d)/,
    factor: '0.5',
    source: 'https://azure.microsoft.com/pricing/details/azure-openai/',
    checked: '2026-07',
  },
  {
    providers: ['voyageai'],
    tier: 'batch',
    factor: '0.67',
    source: 'https://docs.voyageai.com/docs/pricing',
    checked: '2026-07',
  },
];

/** Anthropic's fast mode, by model; others have none, or none that is known here. */
const FAST_MODE: readonly { readonly match: RegExp; readonly factor: string }[] = [
  { match: /^claude-opus-4-[67]/, factor: '6' },
  { match: /^claude-opus-(?:4-8|5$)/, factor: '2' },
];

/** Models released on or after 2026-03-05 cost 10 % more on OpenAI's regional hosts. */
const OPENAI_REGIONAL = /^gpt-(?:5\.[4-9]|[6-9])/;
/** Claude models from Sonnet 4.5 on cost 10 % more on Vertex' regional endpoints than on `global`. */
const VERTEX_REGIONAL = /^claude-(?:sonnet-4-[5-9]|haiku-4-[5-9]|opus-4-[5-9]|(?:sonnet|opus|haiku|fable)-[5-9])/;

/** Priority prices that are no finite multiple of the list price. */
const PRIORITY_PRICES: ReadonlyMap<string, readonly Rate[]> = new Map(
  Object.entries({
    'gpt-4o-mini': [perMillion('input', '0.25'), perMillion('cache_read', '0.125'), perMillion('output', '1')],
    'o4-mini': [perMillion('input', '2'), perMillion('cache_read', '0.5'), perMillion('output', '8')],
  }),
);

/**
 * The price of a call, from the list price and what the call was besides its counts.
 *
 * @returns null where something about the call has a price that is not known.
 */
export function modifiedSheet(sheet: RateSheet, modifiers: PriceModifiers): RateSheet | null {
  const tiered = atTier(sheet, modifiers.serviceTier);
  const geo = geoModifier(sheet, modifiers.inferenceGeo);
  const speed = speedModifier(sheet, modifiers.speed);
  if (tiered === null || geo === null || speed === null) return null;
  const added = [...geo, ...speed, ...regionModifier(sheet, modifiers.region)];
  return added.length === 0 ? tiered : { ...tiered, modifiers: [...tiered.modifiers, ...added] };
}

function atTier(sheet: RateSheet, stated: string | null): RateSheet | null {
  if (stated === null) return sheet;
  // Vertex states the same tiers as traffic types: ON_DEMAND_FLEX.
  const tier = stated.toLowerCase().replace(/^on_demand_/, '');
  if (LIST_PRICE.has(tier)) return sheet;
  const name = 'service_tier';
  const rule = TIER_RULES.find(
    (candidate) =>
      candidate.tier === tier &&
      candidate.providers.includes(sheet.provider) &&
      (candidate.match === undefined || candidate.match.test(sheet.model)),
  );
  if (rule !== undefined) {
    const modifier = { name, value: tier, factor: rule.factor, meters: rule.meters ?? 'tokens' } as const;
    return { ...sheet, modifiers: [...sheet.modifiers, modifier] };
  }
  const prices = sheet.provider === 'openai' && tier === 'priority' ? PRIORITY_PRICES.get(sheet.model) : undefined;
  if (prices === undefined) return null;
  const others = sheet.rates.filter((rate) => !prices.some((price) => price.meter === rate.meter));
  return { ...sheet, rates: [...prices, ...others], modifiers: [...sheet.modifiers, { name, value: tier }] };
}

function geoModifier(sheet: RateSheet, geo: string | null): readonly Modifier[] | null {
  if (sheet.provider !== 'anthropic' || geo === null || geo === 'global' || geo === 'not_available') return [];
  return geo === 'us' ? [{ name: 'inference_geo', value: geo, factor: '1.1', meters: 'tokens' }] : null;
}

function speedModifier(sheet: RateSheet, speed: string | null): readonly Modifier[] | null {
  if (speed === null || speed === 'standard') return [];
  const factor = speed === 'fast' ? FAST_MODE.find((mode) => mode.match.test(sheet.model))?.factor : undefined;
  return factor === undefined ? null : [{ name: 'speed', value: speed, factor, meters: 'tokens' }];
}

function regionModifier(sheet: RateSheet, region: string | null): readonly Modifier[] {
  if (region === null || region === 'global') return [];
  const dearer =
    (sheet.provider === 'openai' && OPENAI_REGIONAL.test(sheet.model)) ||
    (sheet.provider === 'google' && VERTEX_REGIONAL.test(sheet.model));
  return dearer ? [{ name: 'region', value: region, factor: '1.1', meters: 'tokens' }] : [];
}
