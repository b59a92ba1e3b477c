/** The bot as its readers see it, over a local Bot API and a real ledger filled over OTLP. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chatConfiguration, chatEnvironment } from '../../src/ledger/chat/configuration.ts';
import type { Environment } from '../../src/ledger/chat/configuration.ts';
import { MAX_MESSAGE } from '../../src/ledger/chat/split-message.ts';
import { startChat } from '../../src/ledger/chat/start-chat.ts';
import type { Chat } from '../../src/ledger/chat/start-chat.ts';
import type { Language } from '../../src/ledger/report/language.ts';
import { runCli, startCli, until } from '../report/cli.fixture.ts';
import { call, openTestLedger, refused } from '../report/ledger.fixture.ts';
import type { TestLedger } from '../report/ledger.fixture.ts';
import { startBotApi, TOKEN } from './bot-api.fixture.ts';
import type { BotApi } from './bot-api.fixture.ts';

const NOW = new Date('2026-11-22T10:41:00Z');
const ADMIN = 42;

let own: TestLedger;
let api: BotApi;
let chat: Chat | null = null;
/** What was logged, as a log shows it. */
let log: string[] = [];
let slept: number[] = [];

beforeAll(async () => {
  own = await openTestLedger();
  const at = new Date('2026-11-20T10:00:00Z');
  await own.send([
    call({ at, costUsd: '0.00535', sessionId: 's-1', tokens: { input: 1000, output: 200 } }),
    call({
      at: new Date('2026-11-21T09:00:00Z'),
      costUsd: '0.25',
      provider: 'gcp.gemini',
      requestModel: 'gemini-2.5-pro',
      tokens: { input: 5, output: 6 },
    }),
    refused({ at, sessionId: 's-1' }),
  ]);
});
afterAll(() => own.close());
beforeEach(async () => {
  api = await startBotApi();
  log = [];
  slept = [];
  await own.ledger.pool.query("DELETE FROM wiretally_private.settings WHERE name LIKE 'chat_%'");
});
afterEach(async () => {
  await chat?.close();
  chat = null;
  await api.close();
});

function start(more: Environment = {}, ledger: Pick<TestLedger['ledger'], 'pool' | 'timeZone'> = own.ledger): Chat {
  const configuration = chatConfiguration({
    TELEGRAM_BOT_TOKEN: TOKEN,
    ADMIN_USER_ID: `7, ${ADMIN}`,
    WIRETALLY_TELEGRAM_API_ROOT: `${api.url}/`,
    ...more,
  });
  if (configuration === null) throw new Error('there is a token');
  const write = (fields: object, message: string): void => {
    const said = Object.entries(fields).map(
      ([name, value]) => `${name}=${value instanceof Error ? (value.stack ?? '') : JSON.stringify(value)}`,
    );
    log.push([message, ...said].join(' '));
  };
  chat = startChat({
    configuration,
    ledger,
    logger: { debug: write, info: write, warn: write, error: write },
    now: () => NOW,
    sleep(milliseconds, signal) {
      slept.push(milliseconds);
      return signal.aborted ? Promise.reject(new Error('stopped')) : Promise.resolve();
    },
  });
  return chat;
}

async function ask(text: string, from: Parameters<BotApi['message']>[1] = {}): Promise<string> {
  api.push(api.message(text, from));
  const [answer] = await api.answers(1);
  return answer?.text ?? '';
}

/** Without the marks that keep numbers in their place. */
const unmarked = (text: string): string => text.replaceAll(/[\u200F\u2068\u2069]/g, '');

describe('what the bot answers', () => {
  test('/token_usage says what the ledger holds, to the last digit', async () => {
    start();
    expect(await ask('/token_usage')).toBe(
      [
        '💎 AI token usage report',
        '🕐 Date: 2026-11-22 10:41:00 (UTC)',
        '📅 last 30 days',
        '',
        '📊 Total:',
        '• Requests: 3',
        '• Failed requests: 1',
        '• Total tokens: 1,211 (1 call without usage)',
        '• Prompt tokens: 1,005',
        '• Completion tokens: 206',
        '• Estimated cost: $0.2554 (0.25535 USD) (1 call without a known cost)',
        '',
        '🤖 By model:',
        '• gemini-2.5-pro (gemini): Calls 1 · Input 5 · Output 6 · Cost $0.2500',
        '• gpt-4o-mini (openai): Calls 2 · Input 1,000 · Output 200 · Cost $0.0054 (0.00535 USD)',
        '',
        '📈 By day:',
        '• 2026-11-20: Calls 2 · Input 1,000 · Output 200 · Cost $0.0054 (0.00535 USD)',
        '• 2026-11-21: Calls 1 · Input 5 · Output 6 · Cost $0.2500',
      ].join('\n'),
    );
    const { rows } = await own.ledger.pool.query<{ cost: string }>(
      'SELECT trim_scale(sum(estimated_cost))::text AS cost FROM token_usage',
    );
    expect(rows).toEqual([{ cost: '0.25535' }]);
  });

  test.each([
    ['en', 'en', 'AI token usage report', 'No calls in this period.'],
    ['fa', 'fa-IR', 'گزارش استفاده از توکنهای AI', 'در این دوره هیچ درخواستی ثبت نشده است.'],
    ['ar', 'ar', 'تقرير استهلاك التوكن والتكلفة', 'لا توجد عمليات في هذه الفترة.'],
  ] as const)('a conversation in %s', async (language: Language, code, title, none) => {
    start();
    const heard = async (text: string): Promise<string> => unmarked(await ask(text, { language: code }));
    expect(await heard('/start')).toContain('/token_usage');
    expect(await heard('/token_usage 7')).toContain(title);
    expect(await heard('/token_usage 1')).toContain(none);
    const report = await heard('/report');
    expect(report).toContain(title);
    expect(report).toContain('$0.2500');
    const session = await heard('/session s-1');
    expect(session).toContain('s-1');
    expect(session).toContain('1,000 → 200 · $0.0054 (0.00535');
    expect(session).toContain('❌ rate_limit_exceeded');
    expect(await heard('/session nobody')).toContain('nobody');
    for (const wrong of ['/token_usage week', '/report -1', '/session', '/language de', 'hello']) {
      expect(await heard(wrong), wrong).toContain('/session');
    }
    expect(api.sent.every(({ chat: to }) => to === ADMIN)).toBe(true);
    expect(
      api.asked.some(({ method, payload }) => method === 'setMyCommands' && payload['language_code'] === language),
    ).toBe(true);
  });

  test('right-to-left answers isolate numbers and names, and none of their own marks', async () => {
    start();
    const text = await ask('/token_usage', { language: 'fa' });
    expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('\u200F'))).toEqual([]);
    expect(text).toContain('\u2068$0.2500\u2069');
    expect(await ask('/session \u202Eevil', { language: 'fa' })).not.toContain('\u202E');
  });

  test('days may be written in the digits of the reader', async () => {
    start();
    expect(unmarked(await ask('/token_usage ۷', { language: 'fa' }))).toContain('📅 ۷ روز گذشته');
    expect(unmarked(await ask('/token_usage ٣', { language: 'ar' }))).toContain('📅 آخر 3 أيام');
  });

  test('a chosen language holds before the one of Telegram, also after a restart', async () => {
    start();
    expect(unmarked(await ask('/language fa'))).toContain('فارسی');
    await chat?.close();
    start();
    expect(await ask('/token_usage')).toContain('گزارش');
    expect(await ask('/language auto')).toContain('تلگرام');
    expect(await ask('/token_usage')).toContain('AI token usage report');
    await chat?.close();
    start({ WIRETALLY_TELEGRAM_LANGUAGE: 'ar' });
    expect(await ask('/token_usage')).toContain('تقرير');
  });

  test('a long report comes in several messages, no line broken', async () => {
    const long = await openTestLedger();
    try {
      await long.send(
        Array.from({ length: 200 }, (_, index) =>
          call({ at: new Date('2026-11-21T10:00:00Z'), requestModel: `a-model-with-a-long-name-${index}` }),
        ),
      );
      start({}, long.ledger);
      api.push(api.message('/token_usage'));
      const messages = await api.answers(5);
      const lines = messages.flatMap(({ text }) => text.split('\n')).filter((line) => line.startsWith('• a-model'));
      expect(lines).toHaveLength(200);
      expect(lines.every((line) => /Cost \$0\.0001$/.test(line))).toBe(true);
      expect(messages.every(({ text }) => text.length <= MAX_MESSAGE)).toBe(true);
      await chat?.close();
      expect(api.sent).toHaveLength(5);
    } finally {
      await long.close();
    }
  });

  test('the ledger that does not answer is said, without details', async () => {
    const pool = new Pool({ connectionString: 'postgres://nobody:hunter2@127.0.0.1:1/none' });
    start({}, { pool, timeZone: 'UTC' });
    expect(await ask('/token_usage')).toBe('The ledger does not answer now. Try again in a minute.');
    expect(log.join('\n')).toContain('could not be answered');
    expect(log.join('\n')).not.toContain('hunter2');
    await pool.end();
  });
});

describe('whom the bot answers', () => {
  test('strangers get their id and no data, once, and are logged', async () => {
    start();
    for (const text of ['/token_usage', '/session s-1', '/language fa']) api.push(api.message(text, { id: 666 }));
    expect(await ask('/help')).toContain('666');
    const [help] = await api.answers(1);
    expect(help?.text).toContain('/token_usage');
    expect(api.sent.map(({ chat: to }) => to)).toEqual([666, ADMIN]);
    expect(log.filter((line) => line.includes('user=666'))).toHaveLength(1);
  });

  test('in a group nobody gets data: an administrator is told why, others get silence', async () => {
    start();
    for (const text of ['hello', '/token_usage@other_bot']) api.push(api.message(text, { group: true }));
    api.push(api.message('/token_usage', { group: true, id: 666 }));
    expect(await ask('/token_usage@ledger_bot 7', { group: true })).toContain('private chat');
    await chat?.close();
    expect(api.sent).toHaveLength(1);
  });
});

describe('when the Bot API fails', () => {
  test('a 429 is waited for as long as it says, a 5xx and a lost connection longer each time', async () => {
    start();
    api.fail('sendMessage', { status: 429, retryAfter: 17 }, { status: 502 }, 'cut', { status: 500 });
    expect(await ask('/help')).toContain('/report');
    expect(slept).toEqual([17_000, 2000, 4000, 8000]);
  });

  test('polling goes on after every failure, and another poller is waited for', async () => {
    api.fail('getMe', 'cut', { status: 500 });
    start();
    api.fail('getUpdates', { status: 409 }, { status: 429, retryAfter: 3 }, 'cut', { status: 503 });
    expect(await ask('/help')).toContain('/report');
    expect(slept).toEqual([1000, 2000, 30_000, 3000, 2000, 4000]);
    expect(log.join('\n')).toContain('another process fetches the messages');
  });

  test('a message that is refused is given up and logged; the next question is answered', async () => {
    start();
    api.fail('sendMessage', { status: 403 });
    api.push(api.message('/help'));
    expect(await ask('/token_usage')).toContain('AI token usage report');
    expect(log.join('\n')).toContain('could not be answered');
  });

  test('a wrong token ends the chat with what to check', async () => {
    const refusedChat = start({ TELEGRAM_BOT_TOKEN: '999:wrong' });
    await expect(refusedChat.ready).rejects.toThrow('Check TELEGRAM_BOT_TOKEN');
    await expect(refusedChat.ended).rejects.toThrow(/401 Unauthorized: \/bot<token>\//);
  });

  test('the token is in no log, whatever fails', async () => {
    api.fail('getMe', 'cut');
    api.fail('setMyCommands', { status: 400 });
    api.fail('sendMessage', 'cut', 'cut', 'cut', 'cut', 'cut', 'cut', { status: 400 });
    start();
    api.push(api.message('/help'));
    api.push(api.message('/help'));
    await ask('/help');
    expect(log.length).toBeGreaterThan(5);
    expect(log.join('\n')).not.toContain(TOKEN);
    expect(log.join('\n')).not.toContain(TOKEN.split(':')[1]);
  });

  test('what was answered is confirmed at the end, so that it does not come again', async () => {
    start();
    await ask('/help');
    await chat?.close();
    const last = api.asked.findLast(({ method }) => method === 'getUpdates');
    expect(last?.payload).toMatchObject({ offset: 2, timeout: 0 });
  });
});

describe('a webhook', () => {
  const SECRET = 'a-secret-of-sixteen';
  const SETTINGS = {
    WIRETALLY_TELEGRAM_WEBHOOK_URL: 'https://bot.example.org/telegram/hook',
    WIRETALLY_TELEGRAM_WEBHOOK_SECRET: SECRET,
    WIRETALLY_TELEGRAM_WEBHOOK_PORT: '0',
  };
  const bring = async (
    update: unknown,
    headers: Record<string, string> = {},
    at = '/telegram/hook',
  ): Promise<number> => {
    const { webhookPort } = (await chat?.ready) ?? {};
    const answer = await fetch(`http://127.0.0.1:${webhookPort}${at}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': SECRET, ...headers },
      body: typeof update === 'string' ? update : JSON.stringify(update),
    });
    return answer.status;
  };

  test('is told to Telegram with its secret, and answers what it brings', async () => {
    start(SETTINGS);
    expect(await bring(api.message('/token_usage'))).toBe(200);
    const [answer] = await api.answers(1);
    expect(answer?.text).toContain('$0.2554');
    expect(await api.until(({ method }) => method === 'setWebhook')).toMatchObject({
      payload: { url: 'https://bot.example.org/telegram/hook', secret_token: SECRET },
    });
    expect(api.asked.some(({ method }) => method === 'getUpdates')).toBe(false);
  });

  test('refuses what does not come from Telegram', async () => {
    start(SETTINGS);
    const update = api.message('/token_usage');
    expect(await bring(update, { 'x-telegram-bot-api-secret-token': 'guessed-0123456789' })).toBe(401);
    expect(await bring(update, { 'x-telegram-bot-api-secret-token': '' })).toBe(401);
    expect(await bring(update, {}, '/other')).toBe(404);
    expect(await bring('{"update_id": ')).toBe(400);
    expect(await bring('[]')).toBe(400);
    expect(await bring(`"${'x'.repeat(1_100_000)}"`).catch(() => 413)).toBe(413);
    await chat?.close();
    expect(api.sent).toEqual([]);
  });

  test('has a secret of its own where none is set', async () => {
    start({ ...SETTINGS, WIRETALLY_TELEGRAM_WEBHOOK_SECRET: undefined });
    const { payload } = await api.until(({ method }) => method === 'setWebhook');
    expect(String(payload['secret_token'])).toMatch(/^[\w-]{43}$/);
    expect(await bring(api.message('/help'))).toBe(401);
    expect(
      await bring(api.message('/help'), { 'x-telegram-bot-api-secret-token': String(payload['secret_token']) }),
    ).toBe(200);
    await api.answers(1);
  });
});

describe('settings', () => {
  test.each([
    [{ TELEGRAM_BOT_TOKEN: 'secret token' }, /TELEGRAM_BOT_TOKEN is no token/],
    [{ ADMIN_USER_ID: undefined }, /ADMIN_USER_ID is not set/],
    [{ ADMIN_USER_ID: ' , ' }, /ADMIN_USER_ID is not set/],
    [{ ADMIN_USER_ID: '42,@ann' }, /ADMIN_USER_ID has "@ann"/],
    [{ WIRETALLY_TELEGRAM_LANGUAGE: 'de' }, /must be one of en, fa, ar/],
    [{ WIRETALLY_TELEGRAM_WEBHOOK_URL: 'bot.example.org' }, /must be a URL/],
    [{ WIRETALLY_TELEGRAM_WEBHOOK_URL: 'https://x.org', WIRETALLY_TELEGRAM_WEBHOOK_SECRET: 'short' }, /16 to 256/],
    [{ WIRETALLY_TELEGRAM_WEBHOOK_URL: 'https://x.org', WIRETALLY_TELEGRAM_WEBHOOK_PORT: 'x' }, /port number/],
  ] as const)('%j is refused in words, without the token', (wrong: Environment, message) => {
    const given = { TELEGRAM_BOT_TOKEN: TOKEN, ADMIN_USER_ID: '42', ...wrong };
    expect(() => chatConfiguration(given)).toThrow(message);
    expect(() => chatConfiguration(given)).toThrow(
      expect.objectContaining({ message: expect.not.stringMatching(/secret token|test-Token/) as string }),
    );
  });

  test('there is no chat without a token', () => {
    expect(chatConfiguration({ ADMIN_USER_ID: '42' })).toBeNull();
    expect(chatConfiguration({ TELEGRAM_BOT_TOKEN: ' ' })).toBeNull();
  });

  test('.env gives the chat its variables and nothing else; the environment comes first', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'wiretally-chat-'));
    const file = path.join(folder, '.env');
    await writeFile(file, `TELEGRAM_BOT_TOKEN=${TOKEN}\nADMIN_USER_ID="1,2"\nDATABASE_URL=postgres://of-the-app\n`);
    expect(chatEnvironment({ ADMIN_USER_ID: '42' }, file)).toEqual({ TELEGRAM_BOT_TOKEN: TOKEN, ADMIN_USER_ID: '42' });
    expect(chatEnvironment({}, path.join(folder, 'none'))).toEqual({});
    await rm(folder, { recursive: true });
  });
});

describe('the command line', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'wiretally-chat-'));
    return () => rm(folder, { recursive: true, force: true });
  });
  const settings = (): string =>
    `TELEGRAM_BOT_TOKEN=${TOKEN}\nADMIN_USER_ID=${ADMIN}\nWIRETALLY_TELEGRAM_API_ROOT=${api.url}\n`;

  test('wiretally chat wants a token', async () => {
    const ended = await runCli(['chat', '--database', own.databaseUrl], {}, folder);
    expect(ended).toMatchObject({ code: 2 });
    expect(ended.stderr).toContain('TELEGRAM_BOT_TOKEN is not set');
  });

  test.each([['chat'], ['up', '--port', '0', '--otlp-port', 'none']])(
    'wiretally %s answers until a signal',
    async (...words) => {
      await writeFile(path.join(folder, '.env'), settings());
      const started = startCli([...words, '--database', own.databaseUrl], {}, folder);
      await until(started, () => (started.output().includes('@ledger_bot') ? true : null));
      expect(await ask('/session s-1')).toContain('Session s-1');
      started.child.kill('SIGTERM');
      const { code, stdout, stderr } = await started.ended;
      expect(code).toBe(words[0] === 'up' ? 0 : 143);
      expect(stdout + stderr).not.toContain(TOKEN);
    },
  );

  test('wiretally up serves though the chat is refused', async () => {
    await writeFile(path.join(folder, '.env'), settings().replace(TOKEN, '1:wrong'));
    const started = startCli(['up', '--port', '0', '--otlp-port', 'none', '--database', own.databaseUrl], {}, folder);
    await until(started, () =>
      started.output().includes('the chat is off') && started.output().includes('"ready"') ? true : null,
    );
    const { url } = JSON.parse(
      started
        .output()
        .split('\n')
        .find((line) => line.includes('"ready"')) ?? '',
    ) as { url: string };
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect(started.output()).toContain('Check TELEGRAM_BOT_TOKEN');
    started.child.kill('SIGTERM');
    expect(await started.ended).toMatchObject({ code: 0 });
  });
});
