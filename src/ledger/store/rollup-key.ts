/** What a rollup row is about. Its key is a hash, so that the index stays small whatever names people use. */
import { createHash } from 'node:crypto';

export interface RollupDimensions {
  readonly provider: string;
  /** '' where none is stated; the same for the next two. */
  readonly model: string;
  readonly requestModel: string;
  readonly responseModel: string;
  readonly operation: string;
  readonly serviceType: string;
  readonly kind: string;
  /** Promoted tags, sorted by key. */
  readonly tags: readonly (readonly [string, string])[];
}

/** Dimensions with their key; one object for all calls of the same dimensions. */
export interface RollupGroup extends RollupDimensions {
  readonly key: string;
}

const MAX_CACHED = 20_000;

export function createRollupGroups(): (dimensions: RollupDimensions) => RollupGroup {
  let cache = new Map<string, RollupGroup>();
  return (dimensions) => {
    const text = canonicalText(dimensions);
    const known = cache.get(text);
    if (known !== undefined) return known;
    const group = { ...dimensions, key: keyOf(text) };
    if (cache.size >= MAX_CACHED) cache = new Map();
    cache.set(text, group);
    return group;
  };
}

/** The same text as `wiretally_private.rollup_key()` makes in SQL for rows that are inserted through views. */
function canonicalText(dimensions: RollupDimensions): string {
  const { provider, model, requestModel, responseModel, operation, serviceType, kind, tags } = dimensions;
  let text = `${provider}\u001f${model}\u001f${requestModel}\u001f${responseModel}\u001f`;
  text += `${operation}\u001f${serviceType}\u001f${kind}`;
  for (const [name, value] of tags) text += `\u001f${name}\u001f${value}`;
  return text;
}

function keyOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
