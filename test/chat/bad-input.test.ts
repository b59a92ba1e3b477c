/** What the bot says to a wrong argument: what is wrong, and the help, in the reader's language. */
import { describe, expect, test } from 'vitest';
import { answer, commandsOf, helpText } from '../../src/ledger/chat/answers.ts';
import type { AnswerOptions, CommandName } from '../../src/ledger/chat/answers.ts';
import { CHAT_WORDS } from '../../src/ledger/chat/words/index.ts';
import type { ChatWords } from '../../src/ledger/chat/words/index.ts';
import { LANGUAGES } from '../../src/ledger/report/language.ts';

const asked = (): never => {
  throw new Error('a wrong argument asks no ledger');
};
const OPTIONS: AnswerOptions = {
  ledger: { pool: new Proxy({}, { get: asked }) as AnswerOptions['ledger']['pool'], timeZone: 'UTC' },
  languages: { of: asked, choose: asked },
  now: () => new Date('2026-11-22T10:41:00Z'),
};

const days = (argument: string): readonly [string, (said: ChatWords) => string] => [
  argument,
  (said) => said.wrongDays(argument),
];
/** By command: what is wrong, and what is said. A command without a row fails a test. */
const WRONG: Readonly<Record<CommandName, readonly (readonly [string, (said: ChatWords) => string])[]>> = {
  token_usage: ['week', '0', '-1', '1.5', '36501', '7 days', '٧٫٥', '1e3', "'; drop table"].map(days),
  report: ['week', '0', '-1', '99999', 'fa'].map(days),
  session: [['', (said) => said.sessionMissing]],
  language: ['de', '', 'english', 'en fa'].map((argument) => [argument, (said) => said.wrongLanguage]),
  // Whatever stands after it, help is what was asked for.
  help: [['me', (said) => said.helpTitle]],
};

const unmarked = (text: string): string => text.replaceAll(/[\u200F\u2068\u2069]/g, '');
const ROWS = Object.entries(WRONG).flatMap(([command, rows]) =>
  rows.map(([argument, message]) => [command as CommandName, argument, message] as const),
);

describe.each(LANGUAGES)('a wrong message in %s', (language) => {
  test.each(ROWS)('/%s %j', async (command, argument, message) => {
    const text = unmarked(await answer({ command, argument, language, userId: 1 }, OPTIONS));
    expect(text).toContain(message(CHAT_WORDS[language]));
    expect(text).toContain(unmarked(helpText(language)));
  });

  test('no command of the menu lacks a row', () => {
    expect(
      commandsOf(language)
        .map(({ command }) => command)
        .toSorted(),
    ).toEqual(Object.keys(WRONG).toSorted());
  });
});
