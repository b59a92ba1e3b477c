/** How much of requests' bodies is in memory at once, over all connections: each alone may be small enough. */
export interface BodyMemory {
  /** False when there is no room for that much more. */
  take(bytes: number): boolean;
  give(bytes: number): void;
}

export function createBodyMemory(maxBytes: number): BodyMemory {
  let taken = 0;
  return {
    take(bytes) {
      if (taken + bytes > maxBytes) return false;
      taken += bytes;
      return true;
    },
    give(bytes) {
      taken -= bytes;
    },
  };
}
