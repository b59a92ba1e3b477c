/** Lines for a chat, with marks that keep numbers and names in their place where text runs from right to left. */
import { isRightToLeft } from '../report/language.ts';
import type { Language } from '../report/language.ts';
import { roundDecimal, trimDecimal } from '../report/decimal.ts';
import { formatCount, formatUsd } from '../report/numbers.ts';
import { printable } from '../report/render/printable.ts';
import { WORDS } from '../report/words/index.ts';
import type { Words } from '../report/words/index.ts';
import { CHAT_WORDS } from './words/index.ts';
import type { ChatWords } from './words/index.ts';

export interface ChatLines {
  readonly words: Words;
  readonly said: ChatWords;
  /** A whole line. */
  readonly line: (text: string) => string;
  /** A number, a name or an id within a line; of control characters, nothing is left. */
  readonly value: (text: string) => string;
  readonly bullet: (label: string, value: string, more?: string) => string;
  readonly count: (value: number | null) => string;
  /** Four decimals, and the exact amount beside them where they leave something out. */
  readonly usd: (decimal: string | null) => string;
}

export function chatLines(language: Language): ChatLines {
  const words = WORDS[language];
  const said = CHAT_WORDS[language];
  const marks = isRightToLeft(language);
  const line = (text: string): string => (marks ? `\u200F${text}` : text);
  const value = (text: string): string => (marks ? `\u2068${printable(text)}\u2069` : printable(text));
  return {
    words,
    said,
    line,
    value,
    bullet: (label, text, more = '') => line(`• ${words.labelled(label, value(text))}${more}`),
    count: (number) => (number === null ? words.unknown : formatCount(number)),
    usd(decimal) {
      if (decimal === null) return words.unknown;
      const exact = trimDecimal(decimal);
      return trimDecimal(roundDecimal(decimal, 4)) === exact
        ? formatUsd(decimal)
        : `${formatUsd(decimal)} (${exact} ${said.usd})`;
    },
  };
}
