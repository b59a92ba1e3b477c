/** One thing that `wiretally doctor` says. */
import { formatCount } from './numbers.ts';

export interface Finding {
  readonly state: 'ok' | 'note' | 'wrong';
  readonly text: string;
  readonly advice: string | null;
}

export const counted = (count: string, what: string): string =>
  `${formatCount(BigInt(count))} ${what}${count === '1' ? '' : 's'}`;

export const ok = (text: string): Finding => ({ state: 'ok', text, advice: null });
