/** What the price base lacks or has wrong: dated entries, each with its source. A new price is a new entry. */
import type { Meter, Rate, RateSheet } from '../rate.ts';
import type { PriceModifiers } from '../../record.ts';

/** A rate that holds for some calls only; null stands for "not stated", which is the provider's default. */
export interface SupplementRate extends Rate {
  readonly when?: {
    readonly size?: readonly (string | null)[];
    readonly quality?: readonly (string | null)[];
    readonly audio?: readonly (boolean | null)[];
  };
}

export interface SupplementEntry {
  /** Ids of price providers, see `priceProviderId`. */
  readonly providers: readonly string[];
  /** Against lower-case candidates of `modelCandidates`. */
  readonly match: RegExp;
  readonly model: string;
  readonly name: string | null;
  /** `price`: the whole price. `extra`: rates beside those of the base. `free`: not billed. */
  readonly kind: 'price' | 'extra' | 'free';
  /** First day (UTC); null where no earlier price is known. */
  readonly from: string | null;
  /** The page where the provider publishes it. */
  readonly source: string;
  /** When it was looked up. */
  readonly checked: string;
  /** Why this stands although the base has a price. */
  readonly corrects?: string;
  readonly rates: readonly SupplementRate[];
  readonly included?: readonly Meter[];
}

/** The rates of an entry that hold for a call, and what of the call chose them. */
export function selectRates(
  rates: readonly SupplementRate[],
  modifiers: PriceModifiers,
): Pick<RateSheet, 'rates' | 'modifiers'> {
  const chosen = new Map<Meter, Rate>();
  const reasons = new Map<string, string>();
  for (const { when, ...rate } of rates) {
    if (chosen.has(rate.meter) || !holds(when, modifiers)) continue;
    chosen.set(rate.meter, rate);
    for (const name of Object.keys(when ?? {}) as ('size' | 'quality' | 'audio')[]) {
      reasons.set(name, String(modifiers[name] ?? 'default'));
    }
  }
  return { rates: [...chosen.values()], modifiers: [...reasons].map(([name, value]) => ({ name, value })) };
}

function holds(when: SupplementRate['when'], modifiers: PriceModifiers): boolean {
  if (when === undefined) return true;
  const one = <T>(accepted: readonly (T | null)[] | undefined, value: T | null): boolean =>
    accepted === undefined || accepted.includes(value);
  return (
    one(when.size, modifiers.size?.toLowerCase() ?? null) &&
    one(when.quality, modifiers.quality?.toLowerCase() ?? null) &&
    one(when.audio, modifiers.audio)
  );
}
