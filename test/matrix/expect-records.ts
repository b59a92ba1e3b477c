/** Whether the records are those that the scenario must give. */
import type { UsageRecord } from '@wiretally/usage';
import type { ExpectedRecords, RecordMatch } from './scenario.ts';

/** @returns what is wrong, a line each. */
export function wrongRecords(records: readonly UsageRecord[], expected: ExpectedRecords, served: number): string[] {
  const { count, each } = expected;
  const [least, most] = count === 'served' ? [served, served] : typeof count === 'number' ? [count, count] : count;
  const wrong: string[] = [];
  if (records.length < least || records.length > most) {
    wrong.push(`${records.length} records instead of ${least === most ? least : `${least} to ${most}`}`);
  }
  const ids = new Set(records.map(({ id }) => id));
  if (ids.size < records.length) wrong.push('two records have the same id');
  for (const [i, record] of records.entries()) {
    const match = each[Math.min(i, each.length - 1)];
    if (match !== undefined) wrong.push(...mismatches(record, match).map((text) => `record ${i + 1}: ${text}`));
  }
  return [...wrong, ...(expected.together?.(records) ?? [])];
}

function mismatches(record: UsageRecord, match: RecordMatch): string[] {
  const actual: Readonly<Record<string, unknown>> = {
    ...record,
    input: record.tokens.input,
    output: record.tokens.output,
  };
  return Object.entries(match).flatMap(([field, wanted]) => {
    const allowed: readonly unknown[] = Array.isArray(wanted) ? wanted : [wanted];
    return allowed.includes(actual[field])
      ? []
      : [`${field} is ${JSON.stringify(actual[field])} instead of ${JSON.stringify(wanted)}`];
  });
}
