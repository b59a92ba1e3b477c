/** The admin report as a value: what was recorded, beside what is known about each provider. No words yet. */
import type { PublishedLimits } from '@wiretally/usage';
import type { Period } from '../period.ts';
import type { LiveLimit } from './live-limits.ts';
import type { UsageRow } from '../usage-row.ts';

export type ProviderStatus = 'green' | 'yellow' | 'blue' | 'red';

export interface ProviderBlock {
  /** The name that report users write (`gemini`). */
  readonly provider: string;
  readonly displayName: string;
  readonly status: ProviderStatus;
  /** How usage and limits can be had, from the provider's file; null where the provider is not known. */
  readonly access: 'answers' | 'metadata' | 'headers' | 'none' | null;
  /** Set when the latest calls failed for reasons that are the provider's or the account's. */
  readonly failing: Failing | null;
  /** Limits that were last stated with less than a tenth left. */
  readonly nearLimits: readonly LiveLimit[];
  /** Whether any answer of the period stated a rate limit. */
  readonly limitsObserved: boolean;
  readonly published: PublishedLimits | null;
  readonly checks: readonly string[];
  readonly link: string | null;
  readonly note: string | null;
}

export interface Failing {
  readonly failed: number;
  readonly calls: number;
  readonly errorType: string;
}

/** Calls whose usage or cost is not known, by reason. */
export interface UnknownCount {
  readonly what: 'usage' | 'cost';
  readonly reason: string;
  readonly calls: number;
}

export interface AdminReport {
  readonly generatedAt: Date;
  readonly timeZone: string;
  /** Null: all time, or a period that was given by its ends. */
  readonly days: number | null;
  readonly period: Period;
  readonly blocks: readonly ProviderBlock[];
  readonly summary: {
    /** Providers that the ledger has ever seen. */
    readonly providers: number;
    /** Providers with a call in the period. */
    readonly active: number;
    /** Providers whose own usage API has confirmed the ledger. */
    readonly complete: number;
  };
  readonly totals: UsageRow;
  readonly byProvider: readonly UsageRow[];
  readonly byModel: readonly UsageRow[];
  readonly unknowns: readonly UnknownCount[];
  readonly limits: readonly LiveLimit[];
}
