/** Who writes to the bot without being an administrator: logged, but not as often as they write. */
import type { Logger } from '../logger.ts';

export interface Strangers {
  /** @returns whether to answer: the first message of an hour */
  meet(userId: number): boolean;
}

const EVERY_MS = 3_600_000;
const MAX_KNOWN = 1000;

export function createStrangers(logger: Logger, now: () => Date): Strangers {
  const met = new Map<number, number>();
  return {
    meet(userId) {
      const at = now().getTime();
      const before = met.get(userId);
      if (before !== undefined && at - before < EVERY_MS) return false;
      if (met.size >= MAX_KNOWN) met.clear();
      met.set(userId, at);
      logger.warn({ user: userId }, 'somebody who is not in ADMIN_USER_ID wrote to the bot, and got no data');
      return true;
    },
  };
}
