/** `wiretally chat`: the Telegram bot on a ledger, in a process of its own; and the one that `wiretally up` starts. */
import type { Command } from 'commander';
import { pino } from 'pino';
import { chatConfiguration, chatEnvironment } from '../chat/configuration.ts';
import type { ChatConfiguration } from '../chat/configuration.ts';
import type { Chat } from '../chat/start-chat.ts';
import type { Ledger, Logger } from '../ledger.ts';
import { ConfigurationError } from '../serve/configuration.ts';
import { addConnectionOptions, withLedger } from './connection.ts';
import type { ConnectionFlags } from './connection.ts';
import { UsageError } from './failure.ts';
import { untilInterrupted } from './interrupt.ts';

export function addChatCommand(program: Command): void {
  const command = program
    .command('chat')
    .description('answer in Telegram: /token_usage, /report, /session')
    .addHelpText(
      'after',
      `
"wiretally up" does this as well, when TELEGRAM_BOT_TOKEN is set.

TELEGRAM_BOT_TOKEN and ADMIN_USER_ID (your Telegram id; several with commas) are read from the environment or from
a file .env here. With WIRETALLY_TELEGRAM_WEBHOOK_URL, Telegram brings the messages to that URL, which has to lead to
127.0.0.1:4320 (WIRETALLY_TELEGRAM_WEBHOOK_HOST and _PORT); without it, they are fetched.

Example:
  TELEGRAM_BOT_TOKEN=… ADMIN_USER_ID=123456789 wiretally chat`,
    );
  addConnectionOptions(command, {
    insteadOfUrl:
      'The bot reads the database itself: give --database, or set TELEGRAM_BOT_TOKEN for "wiretally up" there.',
  }).action(async (flags: ConnectionFlags) => {
    await runChat(flags);
  });
}

async function runChat(flags: ConnectionFlags): Promise<void> {
  const configuration = chatConfiguration(chatEnvironment());
  if (configuration === null) {
    throw new UsageError(
      'TELEGRAM_BOT_TOKEN is not set, in the environment or in .env. @BotFather in Telegram gives one.',
    );
  }
  const logger: Logger = pino({ name: 'wiretally' });
  await untilInterrupted((signal) =>
    withLedger(flags, async (ledger) => {
      const startChat = await loadStartChat();
      const chat = startChat({ configuration, ledger, logger });
      const stop = (): void => void chat.close();
      signal.addEventListener('abort', stop, { once: true });
      try {
        sayReady(await chat.ready, configuration, logger);
        await chat.ended;
      } finally {
        await chat.close();
      }
    }),
  );
}

/** No other command waits for the bot's library. */
const loadStartChat = async () => (await import('../chat/start-chat.ts')).startChat;

/**
 * Beside the ledger that `wiretally up` runs: no failure of the chat is one of the ledger.
 * @returns what stops it
 */
export function startChatBeside(ledger: Pick<Ledger, 'pool' | 'timeZone'>, logger: Logger): () => Promise<void> {
  let configuration: ChatConfiguration | null = null;
  try {
    configuration = chatConfiguration(chatEnvironment());
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    logger.error({ err: error }, 'the chat is off');
  }
  if (configuration === null) return () => Promise.resolve();
  const running = runBeside(configuration, ledger, logger);
  return async () => {
    const chat = await running;
    await chat.close();
  };
}

async function runBeside(
  configuration: ChatConfiguration,
  ledger: Pick<Ledger, 'pool' | 'timeZone'>,
  logger: Logger,
): Promise<Chat> {
  const startChat = await loadStartChat();
  const chat = startChat({ configuration, ledger, logger });
  void report(chat, configuration, logger);
  return chat;
}

async function report(chat: Chat, configuration: ChatConfiguration, logger: Logger): Promise<void> {
  try {
    sayReady(await chat.ready, configuration, logger);
    await chat.ended;
  } catch (error) {
    logger.error({ err: error }, 'the chat is off');
  }
}

function sayReady(ready: Awaited<Chat['ready']>, { admins }: ChatConfiguration, logger: Logger): void {
  const { username, webhookPort } = ready;
  logger.info({ bot: `@${username}`, admins: admins.size, webhook_port: webhookPort }, 'the chat answers');
}
