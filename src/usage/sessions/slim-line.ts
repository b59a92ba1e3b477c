/** One message as a line that is small whatever was said in it. */
import type { JsonObject } from '../body/fields.ts';

/** Ids, models and reasons are shorter; what people and models say to each other is not needed. */
const MAX_TEXT = 256;

/** @returns the message as one line of JSON, its long texts emptied. */
export function slimLine(message: JsonObject): string {
  return JSON.stringify(message, (_key, value: unknown) =>
    typeof value === 'string' && value.length > MAX_TEXT ? '' : value,
  );
}
