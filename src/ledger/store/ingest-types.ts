import type { UsageRecord } from '@wiretally/usage';

/** A record as it arrived, with the attributes that no field claims (records of a later schema). */
export interface ParsedRecord {
  readonly record: UsageRecord;
  readonly unknown: Readonly<Record<string, unknown>>;
  /** The rate card that the record names, where it came with the record: not verified yet. */
  readonly cardDefinition?: string | null;
}

export interface IngestResult {
  readonly stored: number;
  readonly duplicates: number;
  /** Refused for good and kept as dead letters; sending them again does not help. */
  readonly rejected: number;
  /** Why, without repeats, at most 10. */
  readonly reasons: readonly string[];
}
