/** Ids that never repeat, also over runs: a ledger may count an answer's id once. */
import { randomUUID } from 'node:crypto';

/** `prefix` and 24 hexadecimal digits. */
export function identifier(prefix: string): string {
  return `${prefix}${randomUUID().replaceAll('-', '').slice(0, 24)}`;
}
