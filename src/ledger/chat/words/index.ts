import type { Language } from '../../report/language.ts';
import { ar } from './ar.ts';
import type { ChatWords } from './chat-words.ts';
import { en } from './en.ts';
import { fa } from './fa.ts';

/** All wordings, one line a language. */
export const CHAT_WORDS: Readonly<Record<Language, ChatWords>> = { en, fa, ar };
export type { ChatWords } from './chat-words.ts';
