/** What holds for every reading, whatever the bytes were. */
import { priceReading, readExchange } from '@wiretally/usage';
import type { Exchange, Reading, TokenCounts } from '@wiretally/usage';

/** Above this a count cannot be true: no provider reads 10^13 tokens in one call. */
const ABSURD = 1e13;

/** @returns what is wrong, or null. */
export function violation(exchange: Exchange, same: Exchange): string | null {
  let reading: Reading | null;
  try {
    reading = readExchange(exchange);
  } catch (error) {
    return `reading threw ${String(error)}`;
  }
  if (reading === null) return 'the host was not recognised';
  if (JSON.stringify(readExchange(same)) !== JSON.stringify(reading))
    return 'another split of the same bytes reads otherwise';
  return (
    tokensViolation(reading.tokens) ?? partsViolation(reading) ?? limitsViolation(reading) ?? priceViolation(reading)
  );
}

function tokensViolation(tokens: TokenCounts): string | null {
  for (const [name, value] of Object.entries(tokens)) {
    if (value === null) continue;
    if (!Number.isSafeInteger(value) || value < 0 || value > ABSURD) return `tokens.${name} is ${String(value)}`;
  }
  if (tokens.input !== null && (tokens.cacheRead ?? 0) > tokens.input) return 'more tokens were cached than read';
  if (tokens.input !== null && (tokens.cacheWrite ?? 0) > tokens.input) return 'more tokens were written than read';
  return null;
}

function partsViolation(reading: Reading): string | null {
  for (const part of reading.parts) {
    const found = tokensViolation(part.tokens);
    if (found !== null) return `part ${part.kind}: ${found}`;
  }
  for (const [unit, value] of Object.entries(reading.units)) {
    if (!Number.isFinite(value) || value < 0 || value > ABSURD) return `${unit} is ${String(value)}`;
  }
  return null;
}

function limitsViolation(reading: Reading): string | null {
  const bad = reading.rateLimits.find((limit) =>
    [limit.limit, limit.remaining, limit.resetSeconds].some(
      (value) => value !== null && !(value >= 0 && value <= 1e15),
    ),
  );
  return bad === undefined ? null : `the limit ${bad.name} is ${JSON.stringify(bad)}`;
}

function priceViolation(reading: Reading): string | null {
  try {
    const pricing = priceReading(reading, { atMs: 1_795_000_000_000 });
    const bad = [pricing.costUsd, pricing.costCalculatedUsd, pricing.costReportedUsd].find(
      (cost) => cost !== null && !/^\d+(\.\d+)?$/.test(cost),
    );
    if (bad !== undefined) return `a cost is ${String(bad)}`;
    if (pricing.costUsd === null && pricing.unpricedReason === null) return 'no cost and no reason';
    return null;
  } catch (error) {
    return `pricing threw ${String(error)}`;
  }
}
