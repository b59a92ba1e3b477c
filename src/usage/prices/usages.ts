/** A reading → what of it is billed: the call itself, or its parts. */
import { NO_TOKENS } from '../record.ts';
import type { Reading, TokenCounts, Unit, Units, UsagePart } from '../record.ts';
import type { Usage } from './charge.ts';

export interface BilledUsage extends Usage {
  /** Null: the call itself. */
  readonly part: UsagePart | null;
}

/**
 * Parts that list the call's samplings replace its counts, which repeat some of them and omit others; parts that are
 * tools' (a search, a generated image) come on top. Units that a part states are that part's.
 */
export function billedUsages(reading: Reading): readonly BilledUsage[] {
  const tokens = wholeTokens(reading);
  if (reading.parts.length === 0) return [{ part: null, tokens, units: reading.units }];
  const parts = reading.parts.map((part) => ({ part, tokens: part.tokens, units: part.units }));
  const replaced = reading.parts.some((part) => !isTool(part));
  const units = unitsOutside(reading.units, reading.parts);
  if (replaced && Object.keys(units).length === 0) return parts;
  return [{ part: null, tokens: replaced ? NO_TOKENS : tokens, units }, ...parts];
}

function isTool(part: UsagePart): boolean {
  return (
    /tool|search|image|fetch|execution/.test(part.kind) || (part.tokens.input === null && part.tokens.output === null)
  );
}

function unitsOutside(units: Units, parts: readonly UsagePart[]): Units {
  const outside: Partial<Record<Unit, number>> = {};
  for (const [unit, quantity] of Object.entries(units) as [Unit, number][]) {
    // Counts of requests and tool calls describe a call; they are bought by themselves nowhere.
    if (unit === 'requests' || unit === 'tool_calls' || quantity === 0) continue;
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
