/** Whether a record that came over the network can be stored at all; what the types promise is checked here. */
import type { UsageRecord } from '@wiretally/usage';
import { isDecimal } from './decimal.ts';
import { isStorableTime } from './timestamp.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const MAX_INT4 = 2_147_483_647;
/** Units are kept to a millionth; above this, a double cannot. */
const MAX_UNITS = 1e9;

/** Null when it can, else why not, in words for the dead letter. Never quotes more than the field's name. */
export function whyNotStorable(record: UsageRecord): string | null {
  if (!UUID.test(record.id)) return 'wiretally.record.id is not a UUID';
  if (!isStorableTime(record.timeUnixMicros)) return 'the time is missing or not between 2000 and 2100';
  if (record.provider === '') return 'gen_ai.provider.name is missing';
  for (const field of ['costUsd', 'costReportedUsd', 'costCalculatedUsd', 'costUpstreamUsd'] as const) {
    const cost = record[field];
    if (cost !== null && !isDecimal(cost)) return `${field} is not a decimal number`;
  }
  for (const field of ['port', 'status', 'retryCount'] as const) {
    const value = record[field];
    if (value !== null && (value < 0 || value > MAX_INT4)) return `${field} is out of range`;
  }
  for (const field of ['durationMs', 'timeToFirstChunkMs', 'retryAfterSeconds'] as const) {
    const value = record[field];
    if (value !== null && (value < 0 || value > 1e12)) return `${field} is out of range`;
  }
  for (const value of Object.values(record.tokens)) {
    if (value !== null && value < 0) return 'a token count is negative';
  }
  if (Array.isArray(record.units)) return 'units is not an object';
  for (const value of Object.values(record.units)) {
    if (typeof value !== 'number' || !(value >= 0 && value <= MAX_UNITS)) return 'a unit is not a number of units';
  }
  if (Array.isArray(record.tags)) return 'tags is not an object';
  if (Object.values(record.tags).some((tag) => typeof tag !== 'string')) return 'a tag is not a text';
  return null;
}
