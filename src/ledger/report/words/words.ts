/** Everything that a report says, so that a language which lacks a wording does not compile. */
import type { UnpricedReason, UsageMissingReason } from '@wiretally/usage';

/** Who or what a number stands for, in the heads of tables. */
export interface ColumnWords {
  readonly provider: string;
  readonly model: string;
  readonly service: string;
  readonly operation: string;
  readonly user: string;
  readonly chat: string;
  readonly session: string;
  readonly application: string;
  readonly tag: string;
  readonly day: string;
  readonly hour: string;
  readonly requests: string;
  readonly failed: string;
  readonly tokens: string;
  readonly inputTokens: string;
  readonly outputTokens: string;
  readonly cachedTokens: string;
  readonly reasoningTokens: string;
  readonly units: string;
  readonly cost: string;
  readonly unpriced: string;
  readonly withoutUsage: string;
  readonly meanLatency: string;
  readonly lastUsed: string;
}

export interface Words {
  /** BCP 47, for plural rules. */
  readonly locale: string;
  readonly title: string;
  readonly time: (at: string) => string;
  /** A label and what it labels, on one line. */
  readonly labelled: (label: string, value: string) => string;
  readonly total: string;
  readonly unknown: string;
  readonly never: string;
  readonly none: string;
  readonly noCalls: string;
  readonly period: (days: number | null) => string;
  /** Each as a time, or null for no bound; not both null. */
  readonly between: (from: string | null, to: string | null) => string;

  readonly block: {
    /** Green: the provider has no usage endpoint that we asked; usage is in each answer. */
    readonly apiActive: string;
    readonly answersCarryMetadata: string;
    readonly figuresFromLedger: string;
    readonly noUsageEndpoint: string;
    readonly waysToCheck: string;
    readonly internalTracking: string;
    readonly limitsInHeaders: string;
    readonly noLimitsObserved: string;
    readonly limits: string;
    readonly asOf: (date: string) => string;
    readonly manualLink: string;
    readonly note: string;
    readonly storedInLedger: string;
    readonly liveLimitsFromHeaders: string;
    readonly failing: (failed: number, calls: number, errorType: string) => string;
    readonly nearLimit: (name: string, percent: string) => string;
  };

  readonly summary: {
    readonly heading: string;
    readonly providers: string;
    readonly active: string;
    readonly complete: string;
  };

  readonly statistics: {
    readonly heading: (period: string) => string;
    readonly requests: string;
    readonly failed: string;
    readonly totalTokens: string;
    readonly promptTokens: string;
    readonly completionTokens: string;
    readonly meanTokens: string;
    readonly cost: string;
    readonly lastUsed: string;
    readonly callsWithoutUsage: (count: number) => string;
    readonly callsWithoutCost: (count: number) => string;
  };

  readonly limits: {
    readonly heading: string;
    readonly line: (remaining: string, limit: string) => string;
    readonly resets: (seconds: string) => string;
  };

  readonly reports: {
    readonly byProvider: string;
    readonly byModel: string;
    readonly byService: string;
    readonly users: string;
    readonly chats: string;
    readonly sessions: string;
    readonly applications: string;
    readonly tags: string;
    readonly daily: string;
    readonly unknowns: string;
  };

  readonly units: {
    readonly images: (count: number) => string;
    readonly videoSeconds: (seconds: number) => string;
    readonly audioSeconds: (seconds: number) => string;
    readonly characters: (count: number) => string;
  };
  readonly columns: ColumnWords;
  readonly missingReasons: Readonly<Record<UsageMissingReason, string>>;
  readonly unpricedReasons: Readonly<Record<UnpricedReason, string>>;
}
