import { randomFillSync } from 'node:crypto';

// One call into the crypto pool for 256 ids: a fill for each costs about ten times as much.
const pool = Buffer.alloc(10 * 256);
let used = pool.length;

/**
 * A UUIDv7 (RFC 9562 §5.7): 48 bits of milliseconds, then random bits.
 *
 * @param unixMs the moment that it carries, epoch milliseconds.
 */
export function uuidV7(unixMs: number): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.toString('hex', used, used + 10);
  used += 10;
  const time = Math.trunc(unixMs).toString(16).padStart(12, '0');
  const variant = (0x8 | (Number.parseInt(random.charAt(3), 16) & 0x3)).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-${variant}${random.slice(4, 7)}-${random.slice(7, 19)}`;
}
