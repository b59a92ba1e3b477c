import type { Language } from '../language.ts';
import { ar } from './ar.ts';
import { en } from './en.ts';
import { fa } from './fa.ts';
import type { Words } from './words.ts';

/** All wordings, one line a language. */
export const WORDS: Readonly<Record<Language, Words>> = { en, fa, ar };
export type { ColumnWords, Words } from './words.ts';
