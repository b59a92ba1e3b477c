/** A stored card and a stored call → the same cost again, bit for bit, with nothing else at hand. */
import type { Reading } from '../record.ts';
import { charge, compileSheet } from './charge.ts';
import type { CompiledSheet } from './charge.ts';
import { add, format, ZERO } from './decimal.ts';
import type { Meter, PriceSource, RateCard } from './rate.ts';
import { billedUsages } from './usages.ts';

/** What one meter of one model contributed. */
export interface ExplainedLine {
  /** The model as a part of the reading names it; null: the call itself. */
  readonly part: string | null;
  readonly source: PriceSource;
  readonly provider: string;
  readonly model: string;
  readonly meter: Meter;
  /** What is billed: the stated quantity within the rate's minimum and maximum. */
  readonly quantity: number;
  readonly statedQuantity: number;
  /** USD for `per` units, modifiers applied. */
  readonly rateUsd: string;
  readonly per: number;
  /** The rate is that of calls with more input tokens than this; null: it has no tiers, or none was reached. */
  readonly tierAboveInputTokens: number | null;
  readonly amountUsd: string;
}

export interface Explanation {
  readonly costCalculatedUsd: string;
  readonly lines: readonly ExplainedLine[];
}

const compiledCards = new WeakMap<RateCard, ReadonlyMap<string | null, CompiledSheet>>();

/**
 * @param usage the call's counts: `tokens`, `units`, `parts`, `operation` of its record.
 * @returns null where the card is not this call's, or its counts cannot be. Never throws for a card that was stored.
 */
export function replay(card: RateCard, usage: Reading): string | null {
  return explain(card, usage)?.costCalculatedUsd ?? null;
}

/** Like `replay`, line by line. */
export function explain(card: RateCard, usage: Reading): Explanation | null {
  const lines: ExplainedLine[] = [];
  let total = ZERO;
  try {
    const sheets = compiledCards.get(card) ?? compileCard(card);
    for (const billed of billedUsages(usage)) {
      const part = billed.part?.model ?? null;
      const compiled = sheets.get(part);
      const charged = compiled === undefined ? null : charge(compiled, billed);
      if (compiled === undefined || charged === null || 'unpriced' in charged) return null;
      const { source, provider, model } = compiled.sheet;
      for (const line of charged.lines) {
        lines.push({
          part,
          source,
          provider,
          model,
          meter: line.meter,
          quantity: line.quantity,
          statedQuantity: line.stated,
          rateUsd: format(line.price),
          per: line.per,
          tierAboveInputTokens: line.tierAbove,
          amountUsd: format(line.amount),
        });
      }
      total = add(total, charged.total);
    }
  } catch {
    return null;
  }
  return { costCalculatedUsd: format(total), lines };
}

function compileCard(card: RateCard): ReadonlyMap<string | null, CompiledSheet> {
  const compiled = new Map(card.sheets.map((sheet) => [sheet.part, compileSheet(sheet)]));
  compiledCards.set(card, compiled);
  return compiled;
}
