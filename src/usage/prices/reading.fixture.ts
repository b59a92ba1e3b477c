/** Readings for tests: a call with what a test names, and nothing else. */
import { NO_MODIFIERS, NO_TOKENS } from '../record.ts';
import type { PriceModifiers, Reading, TokenCounts } from '../record.ts';

export type ReadingChanges = Partial<Omit<Reading, 'tokens' | 'modifiers'>> & {
  readonly tokens?: Partial<TokenCounts>;
  readonly modifiers?: Partial<PriceModifiers>;
};

export function reading(changes: ReadingChanges): Reading {
  return {
    provider: 'openai',
    upstreamProvider: null,
    kind: 'call',
    operation: 'chat',
    serviceType: 'text',
    streamed: false,
    requestModel: null,
    responseModel: null,
    units: {},
    parts: [],
    usageSource: 'body',
    usageMissingReason: null,
    finishReasons: [],
    status: 200,
    errorType: null,
    errorClass: null,
    responseId: null,
    requestId: null,
    rateLimits: [],
    retryAfterSeconds: null,
    costReportedUsd: null,
    costUpstreamUsd: null,
    requestUser: null,
    retryCount: null,
    attemptGroup: null,
    ...changes,
    tokens: { ...NO_TOKENS, ...changes.tokens },
    modifiers: { ...NO_MODIFIERS, ...changes.modifiers },
  };
}

/** A day on which all prices of the tests hold. */
export const AT_MS = Date.UTC(2026, 10, 22, 12);
