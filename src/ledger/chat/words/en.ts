import type { ChatWords } from './chat-words.ts';

export const en: ChatWords = {
  commands: {
    tokenUsage: 'tokens and cost by model and day',
    report: 'the full report by provider',
    session: 'one session with its operations',
    language: 'the language of the answers',
    help: 'this help',
  },
  helpTitle: 'What AI provider calls cost. Commands:',
  days: '[days]',
  sessionId: 'ID',
  wrongDays: (given) => `${given} is not a number of days. Give a whole number from 1 to 36500, or none for 30.`,
  noSuchSession: (id) => `There is no session ${id}.`,
  sessionMissing: 'Which session? Give its ID.',
  wrongLanguage: 'Give en, fa, ar, or auto for the language of your Telegram.',
  languageSet: (language) =>
    language === null ? 'I answer in the language of your Telegram.' : 'From now on I answer in English.',
  strangers: (id) => `This bot answers its administrators only. Your Telegram id is ${id}.`,
  privateOnly: 'I tell this in a private chat only, since others read here.',
  failed: 'The ledger does not answer now. Try again in a minute.',
  usd: 'USD',
  session: {
    title: (id) => `Session ${id}`,
    active: 'active',
    ended: 'ended',
    start: 'Start',
    lastUpdate: 'Last update',
    latest: 'Latest operations',
  },
};
