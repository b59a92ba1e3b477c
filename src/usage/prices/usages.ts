/** A reading → what of it is billed: the call itself, or its parts. */
import { NO_TOKENS } from '../record.ts';
import type { Reading, TokenCounts, Unit, Units, UsagePart } from '../record.ts';
import type { Usage } from './charge.ts';
import { WORK_METERS } from './rate.ts';

export interface BilledUsage extends Usage {
  /** Null: the call itself. */
  readonly part: UsagePart | null;
}

/**
 * Parts are what is priced where there are any: the call's own counts repeat some of them and omit others. Units that no
 * part states (Anthropic's searches beside its iterations) stay the call's.
 */
export function billedUsages(reading: Reading): readonly BilledUsage[] {
  const tokens = wholeTokens(reading);
  if (reading.parts.length === 0) return [{ part: null, tokens, units: reading.units }];
  const parts = reading.parts.map((part) => ({
    part,
    tokens: part.tokens,
    units: part.units,
    feesOnly: !hasTokens(part) && !hasWork(part.units),
  }));
  // Parts without tokens (a tool's units) come on top of the call's.
  const replaced = reading.parts.some(hasTokens);
  const units = unitsOutside(reading.units, reading.parts);
  if (replaced && Object.keys(units).length === 0) return parts;
  return [{ part: null, tokens: replaced ? NO_TOKENS : tokens, units, feesOnly: replaced }, ...parts];
}

export function hasTokens({ tokens }: UsagePart): boolean {
  return tokens.input !== null || tokens.output !== null;
}

function hasWork(units: Units): boolean {
  return WORK_METERS.some((meter) => (units[meter] ?? 0) > 0);
}

function unitsOutside(units: Units, parts: readonly UsagePart[]): Units {
  const outside: Partial<Record<Unit, number>> = {};
  for (const [unit, quantity] of Object.entries(units) as [Unit, number][]) {
    // Requests and pictures describe the call whose parts are priced; searches are bought besides.
    if (unit === 'requests' || quantity === 0 || (WORK_METERS as readonly Unit[]).includes(unit)) continue;
    if (!parts.some((part) => part.units[unit] !== undefined)) outside[unit] = quantity;
  }
  return outside;
}

/** Embeddings and rerankers that state only a total: there is no output to tell apart. */
function wholeTokens(reading: Reading): TokenCounts {
  const { tokens } = reading;
  const inputOnly = reading.operation === 'embeddings' || reading.operation === 'rerank';
  if (!inputOnly || tokens.input !== null || tokens.total === null) return tokens;
  return { ...tokens, input: tokens.total };
}
