/** How much of requests' bodies is in memory at once, over all connections: each alone may be small enough. */
export interface BodyMemory {
  /** Room for a piece of a body that starts there. False when there is none. */
  take(position: number, bytes: number): boolean;
  /** What a body of that length took. */
  give(length: number): void;
}

/** Bodies of usual senders are smaller. */
const USUAL_BYTES = 1024 * 1024;

/**
 * The beginnings of bodies have a room of their own, so that a few that are large and never end leave usual senders alone.
 *
 * @param maxBytes of beginnings, and as much again of all that is beyond them
 */
export function createBodyMemory(maxBytes: number, usualBytes: number = USUAL_BYTES): BodyMemory {
  let beginnings = 0;
  let rest = 0;
  const beginningOf = (length: number): number => Math.min(length, usualBytes);
  return {
    take(position, bytes) {
      const beginning = beginningOf(position + bytes) - beginningOf(position);
      if (beginnings + beginning > maxBytes || rest + bytes - beginning > maxBytes) return false;
      beginnings += beginning;
      rest += bytes - beginning;
      return true;
    },
    give(length) {
      beginnings -= beginningOf(length);
      rest -= length - beginningOf(length);
    },
  };
}
