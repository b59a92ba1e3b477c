import { z } from '@hono/zod-openapi';

/** As JSON Schema takes it: without flags, so that every client's regular expressions read it. */
const NO_CONTROLS = String.raw`^[^\u0000-\u001F\u007F-\u009F]*$`;
const noControls = new RegExp(NO_CONTROLS);

/** A client's own text: printable (PostgreSQL takes no NUL), and short enough for a log line. */
export const word = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    // Half a surrogate pair is no text either, which no pattern without flags can say.
    .refine((text) => noControls.test(text) && text.isWellFormed(), { error: 'must not contain control characters' })
    .openapi({ pattern: NO_CONTROLS });
