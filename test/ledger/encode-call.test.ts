/** A call's line for COPY: remembered pieces say what the columns say. */
import { expect, test } from 'vitest';
import { NO_MODIFIERS } from '@wiretally/usage';
import type { UsageRecord } from '@wiretally/usage';
import { RECORD_COLUMNS } from '../../src/ledger/store/call-columns.ts';
import { createEncoder, ENCODED_COLUMNS, field, PIECES } from '../../src/ledger/store/encode-call.ts';
import { failedRecord, usageRecord } from './usage-record.ts';

const VALUE_OF = new Map(RECORD_COLUMNS);

const eachColumn = (record: UsageRecord): string =>
  ENCODED_COLUMNS.map((column) => field(VALUE_OF.get(column)!(record))).join('\t');

function encoded(encode: ReturnType<typeof createEncoder>, record: UsageRecord): string {
  const pieces = Array.from({ length: PIECES }, () => '');
  encode(record, pieces, 0);
  return pieces.join('\t');
}

/** Another value of each field, one at a time. */
function variants(): UsageRecord[] {
  const full = usageRecord({
    upstreamProvider: 'u',
    units: { images: 2 },
    parts: [{} as never],
    rateLimits: [{} as never],
    modifiers: { ...NO_MODIFIERS, serviceTier: 'flex' },
    tags: { a: 'b\tc' },
    tokens: { outputAudio: 3, billedInput: 1, cacheRead: 7, cacheWrite: 2, reasoning: 1 },
  });
  const plain = usageRecord();
  return Object.keys(plain).flatMap((name) => {
    const key = name as keyof UsageRecord;
    const value = plain[key];
    const other =
      JSON.stringify(full[key]) === JSON.stringify(value)
        ? typeof value === 'number'
          ? value + 1
          : typeof value === 'boolean'
            ? !value
            : typeof value === 'object' && value !== null
              ? value
              : `1${'5'.repeat(key.length % 3)}`
        : full[key];
    return [{ ...plain, [key]: other }, plain];
  });
}

test('a line has each column of the record, whatever the record before it was', () => {
  const encode = createEncoder();
  for (const record of [...variants(), failedRecord(), ...variants(), usageRecord({ host: 'a\\b\nc' })]) {
    expect(encoded(encode, record)).toBe(eachColumn(record));
  }
});

test('every column of a record is in the line, once', () => {
  expect(ENCODED_COLUMNS.toSorted()).toEqual(RECORD_COLUMNS.map(([column]) => column).toSorted());
});
