import { z } from '@hono/zod-openapi';

/** A client's own text: printable (PostgreSQL takes no NUL), and short enough for a log line. */
export const word = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not contain control characters');
