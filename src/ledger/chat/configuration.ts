/** What the environment says about the chat. Without a token there is none. */
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { errorCode, errorMessage } from '../ledger-error.ts';
import { isLanguage, LANGUAGES } from '../report/language.ts';
import type { Language } from '../report/language.ts';
import { ConfigurationError } from '../serve/configuration.ts';

export interface ChatConfiguration {
  readonly token: string;
  /** Who gets answers: Telegram's ids of users. */
  readonly admins: ReadonlySet<number>;
  /** Of all users; null: each user's own, as Telegram tells it. */
  readonly language: Language | null;
  /** Where the Bot API is; Telegram's server can be run by oneself. */
  readonly apiRoot: string;
  /** Null: updates are fetched (long polling). */
  readonly webhook: WebhookConfiguration | null;
}

export interface WebhookConfiguration {
  /** What Telegram calls: https, and public. */
  readonly url: URL;
  /** Telegram sends it with each update. Null: one is made up at each start. */
  readonly secret: string | null;
  /** Where we listen, behind whatever ends TLS. */
  readonly host: string;
  readonly port: number;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export const DEFAULT_WEBHOOK_PORT = 4320;
const NAMES = /^(?:TELEGRAM_BOT_TOKEN|ADMIN_USER_ID|WIRETALLY_TELEGRAM_[A-Z_]+)$/;

/**
 * The chat's variables of a `.env` file under those of the environment. No other variable of the file is taken: it
 * belongs to the application beside which it lies, DATABASE_URL and all.
 * @throws ConfigurationError where the file is there and cannot be read
 */
export function chatEnvironment(environment: Environment = process.env, file = '.env'): Environment {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return environment;
    throw new ConfigurationError(`${file} cannot be read: ${errorMessage(cause)}`, { cause });
  }
  const own = Object.entries(parseEnv(text)).filter(([name]) => NAMES.test(name));
  return { ...Object.fromEntries(own), ...environment };
}

/**
 * @returns null where there is no token
 * @throws ConfigurationError which names the variable, and never quotes the token
 */
export function chatConfiguration(environment: Environment): ChatConfiguration | null {
  const variable = (name: string): string | null => environment[name]?.trim() || null;
  const token = variable('TELEGRAM_BOT_TOKEN');
  if (token === null) return null;
  if (!/^\d+:[\w-]+$/.test(token)) {
    throw new ConfigurationError(
      'TELEGRAM_BOT_TOKEN is no token of a bot. @BotFather gives one, such as 123456:AbC-dEf.',
    );
  }
  return {
    token,
    admins: adminsOf(variable('ADMIN_USER_ID')),
    language: languageOf(variable('WIRETALLY_TELEGRAM_LANGUAGE')),
    apiRoot: urlOf(
      'WIRETALLY_TELEGRAM_API_ROOT',
      variable('WIRETALLY_TELEGRAM_API_ROOT') ?? 'https://api.telegram.org',
    ).href.replace(/\/+$/, ''),
    webhook: webhookOf(variable),
  };
}

function adminsOf(text: string | null): ReadonlySet<number> {
  const ids = (text ?? '')
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
  if (ids.length === 0) {
    throw new ConfigurationError(
      'ADMIN_USER_ID is not set: the bot would answer nobody. Set it to your Telegram id, or several with commas; ' +
        '@userinfobot tells yours.',
    );
  }
  for (const id of ids) {
    if (!/^[1-9]\d{0,14}$/.test(id)) {
      throw new ConfigurationError(
        `ADMIN_USER_ID has ${JSON.stringify(id)}; it must be numbers such as 123456789, with commas between them.`,
      );
    }
  }
  return new Set(ids.map(Number));
}

function languageOf(text: string | null): Language | null {
  if (text === null || isLanguage(text)) return text;
  throw new ConfigurationError(
    `WIRETALLY_TELEGRAM_LANGUAGE is ${JSON.stringify(text)}; it must be one of ${LANGUAGES.join(', ')}.`,
  );
}

function urlOf(name: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && ['http:', 'https:'].includes(url.protocol)) return url;
  throw new ConfigurationError(`${name} is ${JSON.stringify(text)}; it must be a URL that begins with https://.`);
}

function webhookOf(variable: (name: string) => string | null): WebhookConfiguration | null {
  const text = variable('WIRETALLY_TELEGRAM_WEBHOOK_URL');
  if (text === null) return null;
  const url = urlOf('WIRETALLY_TELEGRAM_WEBHOOK_URL', text);
  const secret = variable('WIRETALLY_TELEGRAM_WEBHOOK_SECRET');
  if (secret !== null && !/^[\w-]{16,256}$/.test(secret)) {
    throw new ConfigurationError(
      'WIRETALLY_TELEGRAM_WEBHOOK_SECRET must be 16 to 256 letters, digits, _ and -; leave it away to have one made.',
    );
  }
  const portText = variable('WIRETALLY_TELEGRAM_WEBHOOK_PORT') ?? String(DEFAULT_WEBHOOK_PORT);
  if (!/^\d{1,5}$/.test(portText) || Number(portText) > 65_535) {
    throw new ConfigurationError(
      `WIRETALLY_TELEGRAM_WEBHOOK_PORT is ${JSON.stringify(portText)}; it must be a port number from 0 to 65535.`,
    );
  }
  return { url, secret, port: Number(portText), host: variable('WIRETALLY_TELEGRAM_WEBHOOK_HOST') ?? '127.0.0.1' };
}
