/** The bot: who asks what, in which language, and the answer in as many messages as it takes. */
import { Bot } from 'grammy/web';
import type { Context } from 'grammy/web';
import { LANGUAGES } from '../report/language.ts';
import type { Language } from '../report/language.ts';
import { answer, commandsOf } from './answers.ts';
import type { AnswerOptions, CommandName } from './answers.ts';
import type { ChatConfiguration } from './configuration.ts';
import { languageOfCode } from './languages.ts';
import { retries } from './retries.ts';
import type { RetryOptions } from './retries.ts';
import { splitMessage } from './split-message.ts';
import { createStrangers } from './strangers.ts';
import { CHAT_WORDS } from './words/index.ts';

export interface BotOptions extends AnswerOptions, RetryOptions {
  readonly configuration: Pick<ChatConfiguration, 'token' | 'admins' | 'apiRoot'>;
}

/** A call that takes longer is asked again; longer than the longest poll. */
const TIMEOUT_S = 60;
/** Telegram's own limit for commands is 32 letters; /start is what its clients send first. */
const COMMANDS: Readonly<Record<string, CommandName>> = {
  start: 'help',
  help: 'help',
  token_usage: 'token_usage',
  report: 'report',
  session: 'session',
  language: 'language',
};

export function createBot(options: BotOptions): Bot {
  const { configuration, logger } = options;
  const bot = new Bot(configuration.token, {
    client: { apiRoot: configuration.apiRoot, timeoutSeconds: TIMEOUT_S },
  });
  bot.api.config.use(retries(options));
  const strangers = createStrangers(logger, options.now);

  bot.on('message', async (context) => {
    const { from } = context;
    if (!configuration.admins.has(from.id)) {
      // In a group, everybody's messages arrive: an answer to each would be noise.
      if (strangers.meet(from.id) && context.chat.type === 'private') {
        await say(context, CHAT_WORDS[languageOfCode(from.language_code)].strangers(String(from.id)));
      }
      return;
    }
    const question = commandOf(context);
    if (question === null && context.chat.type !== 'private') return;
    const language = await options.languages.of(from.id, from.language_code);
    if (context.chat.type !== 'private') {
      await say(context, CHAT_WORDS[language].privateOnly);
      return;
    }
    const { command, argument } = question ?? { command: 'help' as const, argument: '' };
    await say(context, await answerOf(command, argument, from.id, language));
  });

  const answerOf = async (
    command: CommandName,
    argument: string,
    userId: number,
    language: Language,
  ): Promise<string> => {
    try {
      return await answer({ command, argument, userId, language }, options);
    } catch (error) {
      logger.error({ err: error, command }, 'a question in the chat could not be answered');
      return CHAT_WORDS[language].failed;
    }
  };
  return bot;
}

/** For the menu of each language; without it, everything works all the same. */
export async function showCommands(bot: Bot): Promise<void> {
  await bot.api.setMyCommands(commandsOf('en'));
  for (const language of LANGUAGES) await bot.api.setMyCommands(commandsOf(language), { language_code: language });
}

/** `/token_usage@our_bot 7` → token_usage, `7`. Null: no command, or one for another bot. */
function commandOf(context: Context): { command: CommandName; argument: string } | null {
  const text = context.message?.text ?? '';
  const match = /^\/([a-z_]+)(?:@(\w+))?(?:\s+(.*))?$/is.exec(text.trim());
  if (match === null) return null;
  const [, name = '', addressee, argument = ''] = match;
  if (addressee !== undefined && addressee.toLowerCase() !== context.me.username.toLowerCase()) return null;
  const command = COMMANDS[name.toLowerCase()];
  return command === undefined ? null : { command, argument: argument.trim() };
}

async function say(context: Context, text: string): Promise<void> {
  for (const message of splitMessage(text)) {
    await context.reply(message, { link_preview_options: { is_disabled: true } });
  }
}
