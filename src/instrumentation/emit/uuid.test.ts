import { expect, test } from 'vitest';
import { uuidV7 } from './uuid.ts';

test('10,000 ids of one millisecond are valid, different, and begin with it', () => {
  const unixMs = Date.UTC(2026, 10, 22);
  const ids = Array.from({ length: 10_000 }, () => uuidV7(unixMs + 0.75));
  expect(new Set(ids).size).toBe(10_000);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(Number.parseInt(ids[0]!.replace('-', '').slice(0, 12), 16)).toBe(unixMs);
});

test('ids of a later millisecond sort after those of an earlier one', () => {
  expect(uuidV7(1_800_000_000_001) > uuidV7(1_800_000_000_000)).toBe(true);
});
