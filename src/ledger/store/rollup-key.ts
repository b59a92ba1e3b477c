/** What a rollup row is about. Its key is a hash, so that the index stays small whatever names people use. */
import { createHash } from 'node:crypto';
import type { UsageRecord } from '@wiretally/usage';
import { cleanText } from './clean-text.ts';

export interface RollupGroup {
  readonly key: string;
  readonly provider: string;
  /** What reports group by: the model that was asked for, else the one that answered. '' where none is stated. */
  readonly model: string;
  readonly requestModel: string;
  readonly responseModel: string;
  readonly operation: string;
  readonly serviceType: string;
  readonly kind: string;
  /** Promoted tags, sorted by key. */
  readonly tags: readonly (readonly [string, string])[];
}

const MAX_CACHED = 20_000;
/** Names in a rollup are shorter than on the row: they are repeated in each hour. */
const MAX_NAME = 200;
const SEPARATOR = '\u001f';

/** @param promotedTags keys of tags, at most four; `environment` is the service's where no tag says otherwise */
export function createRollupGroups(promotedTags: readonly string[]): (record: UsageRecord) => RollupGroup {
  const keys = [...new Set(promotedTags)].toSorted();
  let cache = new Map<string, RollupGroup>();
  const tagOf = (record: UsageRecord, key: string): string | null =>
    record.tags[key] ?? (key === 'environment' ? record.environment : null);

  return (record) => {
    // Lengths make it unambiguous whatever is in the names.
    let raw = part(record.provider) + part(record.requestModel) + part(record.responseModel) + part(record.operation);
    raw += part(record.serviceType) + part(record.kind);
    for (const key of keys) raw += part(tagOf(record, key));
    const known = cache.get(raw);
    if (known !== undefined) return known;
    const group = makeGroup(
      record,
      keys.map((key) => [key, clean(tagOf(record, key))] as const).filter(([, value]) => value !== ''),
    );
    if (cache.size >= MAX_CACHED) cache = new Map();
    cache.set(raw, group);
    return group;
  };
}

function part(value: string | null): string {
  return value === null ? '|' : `${value.length}:${value}`;
}

function clean(value: string | null): string {
  return value === null ? '' : cleanText(value, MAX_NAME).replaceAll(SEPARATOR, ' ');
}

function makeGroup(record: UsageRecord, tags: RollupGroup['tags']): RollupGroup {
  const names = {
    provider: clean(record.provider),
    model: clean(record.requestModel ?? record.responseModel),
    requestModel: clean(record.requestModel),
    responseModel: clean(record.responseModel),
    operation: clean(record.operation),
    serviceType: clean(record.serviceType),
    kind: clean(record.kind),
  };
  // The same text as `wiretally_private.rollup_key()` makes in SQL for rows that are inserted through views.
  const text = [...Object.values(names), ...tags.flat()].join(SEPARATOR);
  const hex = createHash('sha256').update(text).digest('hex');
  const key = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
  return { ...names, tags, key };
}
