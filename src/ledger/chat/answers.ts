/** Commands to texts; knows nothing of Telegram. */
import type { Ledger } from '../ledger.ts';
import { computeAdminReport } from '../report/admin/compute.ts';
import { renderAdminReport } from '../report/formats.ts';
import { isLanguage } from '../report/language.ts';
import type { Language } from '../report/language.ts';
import { chatLines } from './chat-lines.ts';
import type { Languages } from './languages.ts';
import { sessionText } from './session-text.ts';
import { usageSummary } from './usage-summary.ts';
import { CHAT_WORDS } from './words/index.ts';
import type { ChatWords } from './words/index.ts';

export interface Question {
  readonly command: CommandName;
  /** What stands after the command. */
  readonly argument: string;
  readonly language: Language;
  readonly userId: number;
}

export type CommandName = 'token_usage' | 'report' | 'session' | 'language' | 'help';

export interface AnswerOptions {
  readonly ledger: Pick<Ledger, 'pool' | 'timeZone'>;
  readonly languages: Languages;
  readonly now: () => Date;
}

/** For the bot's menu, in the order of the help. */
export function commandsOf(language: Language): { command: CommandName; description: string }[] {
  const { commands } = CHAT_WORDS[language];
  return [
    { command: 'token_usage', description: commands.tokenUsage },
    { command: 'report', description: commands.report },
    { command: 'session', description: commands.session },
    { command: 'language', description: commands.language },
    { command: 'help', description: commands.help },
  ];
}

const ARGUMENTS: Readonly<Record<CommandName, (said: ChatWords) => string>> = {
  token_usage: (said) => ` ${said.days}`,
  report: (said) => ` ${said.days}`,
  session: (said) => ` ${said.sessionId}`,
  language: () => ' en|fa|ar|auto',
  help: () => '',
};

export function helpText(language: Language): string {
  const { said, line, value } = chatLines(language);
  return [
    line(said.helpTitle),
    '',
    ...commandsOf(language).map(({ command, description }) =>
      line(`• ${value(`/${command}${ARGUMENTS[command](said)}`)} – ${description}`),
    ),
  ].join('\n');
}

export async function answer(question: Question, options: AnswerOptions): Promise<string> {
  const { command, argument, language } = question;
  const { ledger, now } = options;
  const { said, line, value } = chatLines(language);
  const withHelp = (text: string): string => `${line(text)}\n\n${helpText(language)}`;
  switch (command) {
    case 'help':
      return helpText(language);
    case 'token_usage':
    case 'report': {
      const days = daysOf(argument);
      if (days === null) return withHelp(said.wrongDays(value(shortened(argument))));
      if (command === 'token_usage') return usageSummary(ledger, days, now(), language);
      const report = await computeAdminReport(ledger.pool, { days, now: now(), timeZone: ledger.timeZone });
      return renderAdminReport(report, 'text', { language });
    }
    case 'session': {
      if (argument === '') return withHelp(said.sessionMissing);
      return (
        (await sessionText(ledger, argument, now(), language)) ?? line(said.noSuchSession(value(shortened(argument))))
      );
    }
    case 'language': {
      const chosen = argument.toLowerCase();
      if (chosen !== 'auto' && !isLanguage(chosen)) return withHelp(said.wrongLanguage);
      await options.languages.choose(question.userId, chosen === 'auto' ? null : chosen);
      const next = chosen === 'auto' ? language : chosen;
      return chatLines(next).line(CHAT_WORDS[next].languageSet(chosen === 'auto' ? null : chosen));
    }
  }
}

/** 30 where nothing is said; null where it is no number of days. Persian and Arabic digits are digits. */
function daysOf(argument: string): number | null {
  if (argument === '') return 30;
  const digits = argument.replace(/[٠-٩۰-۹]/g, (digit) => String((digit.codePointAt(0) ?? 0) & 0xf));
  const days = Number(digits);
  return /^\d{1,5}$/.test(digits) && days >= 1 && days <= 36_500 ? days : null;
}

/** Nobody needs their whole letter back. */
const shortened = (text: string): string => (text.length > 64 ? `${text.slice(0, 64)}…` : text);
