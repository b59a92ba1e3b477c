/** Readings for tests: a call with what a test names, and nothing else. */
import { NO_MODIFIERS, NO_TOKENS, NOTHING_STATED } from '../record.ts';
import type { PriceModifiers, Reading, TokenCounts } from '../record.ts';

export type ReadingChanges = Partial<Omit<Reading, 'tokens' | 'modifiers'>> & {
  readonly tokens?: Partial<TokenCounts>;
  readonly modifiers?: Partial<PriceModifiers>;
};

export function reading(changes: ReadingChanges): Reading {
  return {
    ...NOTHING_STATED,
    provider: 'openai',
    operation: 'chat',
    serviceType: 'text',
    usageSource: 'body',
    usageMissingReason: null,
    status: 200,
    ...changes,
    tokens: { ...NO_TOKENS, ...changes.tokens },
    modifiers: { ...NO_MODIFIERS, ...changes.modifiers },
  };
}

/** A day on which all prices of the tests hold. */
export const AT_MS = Date.UTC(2026, 10, 22, 12);
