/** What the price base lacks or has wrong: dated entries, each with its source. A new price is a new entry. */
import type { Meter, Rate, RateSheet } from '../rate.ts';
import type { Operation, PriceModifiers } from '../../record.ts';

/** A rate that holds for some calls only; null stands for "not stated", which is the provider's default. */
export interface SupplementRate extends Rate {
  readonly when?: {
    readonly size?: readonly (string | null)[];
    readonly quality?: readonly (string | null)[];
    readonly audio?: readonly (boolean | null)[];
    readonly operation?: readonly Operation[];
  };
}

/** What of a call its price depends on, besides counts and time. */
export interface CallFacts {
  readonly operation: Operation;
  readonly modifiers: PriceModifiers;
}

export interface SupplementEntry {
  /** Ids of price providers, see `priceProviderId`, or OpenTelemetry's names where two share an id (Gemini, Vertex). */
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
  facts: CallFacts,
): Pick<RateSheet, 'rates' | 'modifiers'> {
  const chosen = new Map<Meter, Rate>();
  const reasons = new Map<string, string>();
  for (const { when, ...rate } of rates) {
    if (chosen.has(rate.meter) || !holds(when, facts)) continue;
    chosen.set(rate.meter, rate);
    for (const name of Object.keys(when ?? {}) as (keyof typeof facts.modifiers | 'operation')[]) {
      const value = name === 'operation' ? facts.operation : facts.modifiers[name];
      reasons.set(name, String(value ?? 'default'));
    }
  }
  return { rates: [...chosen.values()], modifiers: [...reasons].map(([name, value]) => ({ name, value })) };
}

function holds(when: SupplementRate['when'], { operation, modifiers }: CallFacts): boolean {
  if (when === undefined) return true;
  const one = <T>(accepted: readonly (T | null)[] | undefined, value: T | null): boolean =>
    accepted === undefined || accepted.includes(value);
  return (
    one(when.size, modifiers.size?.toLowerCase() ?? null) &&
    one(when.quality, modifiers.quality?.toLowerCase() ?? null) &&
    one(when.audio, modifiers.audio) &&
    (when.operation === undefined || when.operation.includes(operation))
  );
}
