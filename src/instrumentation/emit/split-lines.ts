/** A record of a batch's results is as long as the batch; the ledger takes records of a bounded length. */
import type { UsagePart, UsageRecord } from '@wiretally/usage';
import { uuidV7 } from './uuid.ts';

/** Characters of JSON: the ledger refuses a record above 65,536. */
const MAX_PARTS_JSON = 40_000;

/** The record itself where it is short enough, as nearly all are; else it and others like it that have the other lines. */
export function splitLines(record: UsageRecord): UsageRecord[] {
  if (record.parts.length <= 1 || record.parts[0]?.kind !== 'batch_line') return [record];
  const groups: UsagePart[][] = [];
  let size = MAX_PARTS_JSON;
  for (const part of record.parts) {
    const length = JSON.stringify(part).length;
    size += length;
    if (size > MAX_PARTS_JSON) {
      groups.push([]);
      size = length;
    }
    groups.at(-1)?.push(part);
  }
  const { droppedLines: _droppedLines, ...others } = record;
  return groups.map((parts, index) =>
    index === 0 ? { ...record, parts } : { ...others, parts, id: uuidV7(record.timeUnixMicros / 1000) },
  );
}
