/** mulberry32: a small seeded generator, so that a run's cuts can be repeated from its seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Cuts bytes at random places, often very small pieces, so that UTF-8 sequences, lines and frames are split. */
export function cutAtRandom(bytes: Buffer, random: () => number): Buffer[] {
  const pieces: Buffer[] = [];
  const longest = random() < 0.3 ? 16 : random() < 0.5 ? 512 : 16_384;
  // At most about 400 pieces: a long body in 16-byte pieces would only measure the loop.
  const floor = Math.ceil(bytes.length / 400);
  for (let from = 0; from < bytes.length;) {
    const to = Math.min(bytes.length, from + Math.max(floor, 1 + Math.floor(random() * longest)));
    pieces.push(bytes.subarray(from, to));
    from = to;
  }
  return pieces;
}
