/**
 * Keeps the number of series small whatever names come along: the first `limit` different values pass, later ones
 * become `other`. Which come first is up to the traffic; an allow-list decides it instead where one is given.
 */
export interface BoundedNames {
  bound(name: string): string;
}

export interface BoundedNamesOptions {
  readonly limit: number;
  /** Only these pass. */
  readonly allow?: readonly string[] | undefined;
  readonly other?: string;
}

/** Longer values are no names. */
const MAX_LENGTH = 128;

export function boundedNames({ limit, allow, other = 'other' }: BoundedNamesOptions): BoundedNames {
  const known = new Set(allow);
  const open = allow === undefined;
  return {
    bound(name) {
      if (known.has(name)) return name;
      if (!open || known.size >= limit || name.length > MAX_LENGTH) return other;
      known.add(name);
      return name;
    },
  };
}
