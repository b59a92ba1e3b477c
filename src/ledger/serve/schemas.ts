/** Shapes that several endpoints share: what a request may say, and what errors look like. */
import { z } from '@hono/zod-openapi';
import { lastDays } from '../report/period.ts';
import type { Period } from '../report/period.ts';
import { startOfDay, startOfNextDay } from '../report/zoned-time.ts';
import type { UsageFilter } from '../report/call-conditions.ts';
import { ApiError } from './api-error.ts';
import { word } from './word.ts';

export const ErrorAnswer = z
  .object({
    success: z.literal(false),
    error: z.object({ code: z.string(), message: z.string() }),
  })
  .openapi('Error');

/** A day (`2025-10-30`, of the reporting time zone) or an instant (`2025-10-30T12:00:00Z`). */
export const moment = z.union([z.iso.date(), z.iso.datetime({ offset: true })], {
  error: 'must be a date such as 2025-10-30 or a time such as 2025-10-30T12:00:00Z',
});

const name = (description: string, example: string) => word(256).optional().openapi({ description, example });

export const periodFields = {
  days: z.coerce
    .number({ error: 'must be a whole number of days' })
    .int('must be a whole number of days')
    .min(1)
    .max(36_500)
    .optional()
    .openapi({
      type: 'integer',
      minimum: 1,
      maximum: 36_500,
      description: 'The last N days. Not beside from and to.',
      example: 30,
    }),
  from: moment.optional().openapi({ description: 'First day or instant, included.', example: '2025-10-01' }),
  to: moment
    .optional()
    .openapi({ description: 'Last day, included, or an instant, not included.', example: '2025-10-31' }),
};

export const filterFields = {
  provider: name('Short or OpenTelemetry name.', 'gemini'),
  model: name('Requested or answered model.', 'gpt-4o-mini'),
  service: name('text, image, video, speech, transcription, embedding, rerank, …', 'text'),
  user_id: name('Whom the calls were made for.', '42'),
  session_id: name('Session of the calls.', 'b2c7'),
  application: name('service.name of the caller.', 'billing'),
  team: name('Value of the tag.', 'search'),
  project: name('Value of the tag.', 'atlas'),
  feature: name('Value of the tag.', 'summaries'),
  environment: name('Value of the tag.', 'production'),
};

/** Unknown parameters are refused: a mistyped `?day=7` must not answer all time. */
export const UsageQueryParameters = z.strictObject({ ...periodFields, ...filterFields });
export type UsageQueryParameters = z.infer<typeof UsageQueryParameters>;

export interface PeriodParameters {
  readonly days?: number | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** @throws ApiError where the parameters contradict each other. */
export function periodOf(given: PeriodParameters, now: Date, timeZone: string): Period {
  if (given.days !== undefined) {
    if (given.from !== undefined || given.to !== undefined) {
      throw new ApiError('invalid_input', 'Give either days, or from and to, not both.');
    }
    return lastDays(given.days, now);
  }
  const from = given.from === undefined ? null : instant(given.from, (date) => startOfDay(date, timeZone));
  const to = given.to === undefined ? null : instant(given.to, (date) => startOfNextDay(date, timeZone));
  if (from !== null && to !== null && from >= to) {
    throw new ApiError('invalid_input', `from (${given.from}) must be before to (${given.to}).`);
  }
  return { from, to };
}

const FIRST_YEAR = 1970;
const LAST_YEAR = 2999;

function instant(text: string, ofDay: (date: string) => Date): Date {
  // Beyond these, calendars and databases part ways; no call is from there.
  const year = Number(text.slice(0, 4));
  if (year < FIRST_YEAR || year > LAST_YEAR) {
    throw new ApiError('invalid_input', `${text} is not a time between ${FIRST_YEAR} and ${LAST_YEAR}.`);
  }
  return text.length === 10 ? ofDay(text) : new Date(text);
}

export function filterOf(given: UsageQueryParameters): UsageFilter {
  const { team, project, feature, environment } = given;
  const tags = Object.entries({ team, project, feature, environment }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return {
    provider: given.provider,
    model: given.model,
    service: given.service,
    user: given.user_id,
    session: given.session_id,
    application: given.application,
    tags: Object.fromEntries(tags),
  };
}

/** Answers of an operation that can refuse its input. */
export const refusals = {
  400: { description: 'The input is not valid; the message says what to change.', content: json(ErrorAnswer) },
  401: { description: 'A bearer token is needed.', content: json(ErrorAnswer) },
  403: { description: 'Not from this host or page, or not with a token of this role.', content: json(ErrorAnswer) },
  413: { description: 'The request or what it asks for is too large.', content: json(ErrorAnswer) },
  429: { description: 'Too many wrong tokens from this address; Retry-After says when.', content: json(ErrorAnswer) },
  503: { description: 'The database does not answer; ask again.', content: json(ErrorAnswer) },
};

export function json<Schema extends z.ZodType>(schema: Schema): { 'application/json': { schema: Schema } } {
  return { 'application/json': { schema } };
}
