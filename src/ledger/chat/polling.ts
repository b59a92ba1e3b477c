/** Long polling: asks for updates until it is told to stop. */
import type { Bot } from 'grammy/web';
import { GrammyError } from 'grammy/web';
import type { Logger } from '../logger.ts';
import { apiSignal } from './api-signal.ts';
import type { Sleep } from './retries.ts';

export interface PollingOptions {
  readonly logger: Logger;
  readonly sleep: Sleep;
  readonly signal: AbortSignal;
  /** Handles one update; never throws. */
  readonly handle: (update: Parameters<Bot['handleUpdate']>[0]) => Promise<void>;
}

const POLL_S = 30;
const OTHER_POLLER_MS = 30_000;
const CONFLICT = 409;

/** @throws GrammyError where the token is refused */
export async function poll(bot: Bot, { logger, sleep, signal, handle }: PollingOptions): Promise<void> {
  // An earlier webhook would keep the updates to itself.
  await bot.api.deleteWebhook({}, apiSignal(signal));
  let offset = 0;
  while (!signal.aborted) {
    try {
      const updates = await bot.api.getUpdates(
        { offset, timeout: POLL_S, allowed_updates: ['message'] },
        apiSignal(signal),
      );
      for (const update of updates) {
        offset = update.update_id + 1;
        await handle(update);
        if (signal.aborted) break;
      }
    } catch (error) {
      if (signal.aborted) break;
      if (!(error instanceof GrammyError) || error.error_code !== CONFLICT) throw error;
      logger.warn({ wait_ms: OTHER_POLLER_MS }, 'another process fetches the messages of this bot; trying again later');
      await sleep(OTHER_POLLER_MS, signal);
    }
  }
  // Without it, the updates that were answered last would come again at the next start.
  if (offset > 0) await bot.api.getUpdates({ offset, timeout: 0, limit: 1 }).catch(() => []);
}
