/** Starts the chat on an open ledger, and stops it. What goes wrong in it never ends the ledger. */
import { GrammyError, HttpError } from 'grammy/web';
import type { Ledger } from '../ledger.ts';
import { errorMessage } from '../ledger-error.ts';
import type { Logger } from '../logger.ts';
import { apiSignal } from './api-signal.ts';
import { createBot, showCommands } from './bot.ts';
import type { ChatConfiguration } from './configuration.ts';
import { createLanguages } from './languages.ts';
import { poll } from './polling.ts';
import type { PollingOptions } from './polling.ts';
import { realSleep } from './retries.ts';
import type { Sleep } from './retries.ts';
import { startWebhook } from './webhook.ts';

export interface ChatOptions {
  readonly configuration: ChatConfiguration;
  readonly ledger: Pick<Ledger, 'pool' | 'timeZone'>;
  readonly logger: Logger;
  readonly now?: (() => Date) | undefined;
  readonly sleep?: Sleep | undefined;
}

export interface Chat {
  /** Resolves when the bot has its first connection; rejects where it is refused (a wrong token, a taken port). */
  readonly ready: Promise<{ readonly username: string; readonly webhookPort: number | null }>;
  /** Resolves when the chat is closed; rejects where the bot is refused later on. */
  readonly ended: Promise<void>;
  /** Lets the answer that is being given end. */
  close(): Promise<void>;
}

/** The chat is off: said in words that have no token in them. */
export class ChatError extends Error {
  override readonly name = 'ChatError';
}

export function startChat(options: ChatOptions): Chat {
  const { configuration, ledger } = options;
  const logger = withoutToken(options.logger, configuration.token);
  const controller = new AbortController();
  const { signal } = controller;
  const sleep = options.sleep ?? realSleep;
  const bot = createBot({
    configuration,
    logger,
    sleep,
    signal,
    ledger,
    languages: createLanguages(ledger.pool, configuration.language),
    now: options.now ?? (() => new Date()),
  });
  let answering: Promise<void> = Promise.resolve();
  const handle: PollingOptions['handle'] = (update) => {
    const before = answering;
    // One after the other, also where a webhook brings several at once: answers keep their order.
    const handling = (async () => {
      await before;
      try {
        await bot.handleUpdate(update);
      } catch (error) {
        if (!signal.aborted) logger.error({ err: error }, 'a message of the chat could not be answered');
      }
    })();
    answering = handling;
    return handling;
  };

  let undo: () => Promise<void> = () => Promise.resolve();
  const connect = async (): Promise<{ username: string; webhookPort: number | null }> => {
    bot.botInfo = await bot.api.getMe(apiSignal(signal));
    let webhookPort: number | null = null;
    if (configuration.webhook !== null) {
      const webhook = await startWebhook(bot, configuration.webhook, { handle, signal });
      undo = () => webhook.close();
      webhookPort = webhook.port;
    }
    await showCommands(bot).catch((error: unknown) => {
      logger.warn({ err: error }, 'the menu of commands could not be set');
    });
    return { username: bot.botInfo.username, webhookPort };
  };
  const ready = (async () => {
    try {
      return await connect();
    } catch (error) {
      throw explained(error, configuration.token);
    }
  })();
  const run = async (): Promise<void> => {
    try {
      await ready;
      if (configuration.webhook === null) await poll(bot, { logger, sleep, signal, handle });
      else await aborted(signal);
    } catch (error) {
      if (!signal.aborted) throw explained(error, configuration.token);
    }
  };
  const ended = run();
  // Whoever starts the chat need not wait for both.
  ready.catch(() => undefined);
  ended.catch(() => undefined);
  return {
    ready,
    ended,
    async close() {
      controller.abort();
      await ended.catch(() => undefined);
      await undo();
      await answering;
    },
  };
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

function explained(error: unknown, token: string): Error {
  if (error instanceof GrammyError) {
    const advice = [401, 404].includes(error.error_code)
      ? 'Check TELEGRAM_BOT_TOKEN.'
      : 'Check the settings of the chat.';
    const said = `${error.error_code} ${error.description.replaceAll(token, HIDDEN)}`;
    return new ChatError(`The Bot API refused ${error.method}: ${said}. ${advice}`);
  }
  if (error instanceof HttpError) return new ChatError(`The Bot API does not answer: ${error.message}`);
  return error instanceof Error ? error : new ChatError(errorMessage(error));
}

const HIDDEN = '<token>';

/** Errors of HTTP libraries quote addresses, and the Bot API's have the token in them. */
function withoutToken(logger: Logger, token: string): Logger {
  const clean = (value: unknown): unknown => {
    if (value instanceof Error) {
      const cause: unknown = value.cause ?? ('error' in value ? value.error : undefined);
      const because = cause instanceof Error ? `: ${cause.message}` : '';
      return new Error(`${value.message}${because}`.replaceAll(token, HIDDEN));
    }
    return typeof value === 'string' ? value.replaceAll(token, HIDDEN) : value;
  };
  const cleaned =
    (write: (fields: object, message: string) => void) =>
    (fields: object, message: string): void => {
      write(Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, clean(value)])), message);
    };
  return {
    debug: cleaned((...said) => logger.debug(...said)),
    info: cleaned((...said) => logger.info(...said)),
    warn: cleaned((...said) => logger.warn(...said)),
    error: cleaned((...said) => logger.error(...said)),
  };
}
