/** What the Bot API may answer besides an answer: come back later, trouble of its own, or nothing at all. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Transformer } from 'grammy/web';
import type { Logger } from '../logger.ts';

/** Resolves after the time, rejects when the signal comes first. */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<void>;

export const realSleep: Sleep = async (milliseconds, signal) => {
  await delay(milliseconds, undefined, { signal });
};

export interface RetryOptions {
  readonly logger: Logger;
  readonly sleep: Sleep;
  readonly signal: AbortSignal;
}

/** An answer that nobody waits for any more is worth less than the next one. */
const ATTEMPTS = 6;
const LONGEST_WAIT_MS = 60_000;
/** These go on until the bot is stopped: without them there is no bot. */
const FOR_EVER = new Set(['getUpdates', 'getMe', 'deleteWebhook', 'setWebhook']);

/**
 * Waits as long as a 429 says (`retry_after`), and longer from time to time after a 5xx or where no answer came. Other
 * refusals are the caller's. Nothing that is logged here has the address of the call, which has the token.
 */
export function retries({ logger, sleep, signal }: RetryOptions): Transformer {
  return async (call, method, payload, callSignal) => {
    for (let attempt = 1; ; attempt += 1) {
      const last = attempt >= ATTEMPTS && !FOR_EVER.has(method);
      let why: string;
      let waitMs = Math.min(1000 * 2 ** (attempt - 1), LONGEST_WAIT_MS);
      try {
        const answer = await call(method, payload, callSignal);
        if (answer.ok) return answer;
        if (answer.error_code === 429) {
          waitMs = (answer.parameters?.retry_after ?? 1) * 1000;
          if (waitMs > LONGEST_WAIT_MS && !FOR_EVER.has(method)) return answer;
        } else if (answer.error_code < 500) return answer;
        if (last) return answer;
        why = `${answer.error_code}`;
      } catch (error) {
        if (last || signal.aborted) throw error;
        why = 'no answer';
      }
      logger.warn({ method, why, attempt, wait_ms: waitMs }, 'the Bot API is asked again');
      await sleep(waitMs, signal);
    }
  };
}
