/** Every report of the list, in every format: what `wiretally … --url` prints. */
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { FORMATS } from '../report/formats.ts';
import type { Format } from '../report/formats.ts';
import { LANGUAGES } from '../report/language.ts';
import { computeReport, REPORT_NAMES } from '../report/reports.ts';
import { isDimension } from '../report/usage-row.ts';
import { apiRouter } from './api-context.ts';
import type { ApiContext } from './api-context.ts';
import { ApiError } from './api-error.ts';
import { filterFields, filterOf, periodFields, periodOf, refusals } from './schemas.ts';
import { word } from './word.ts';

const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  table: 'text/plain; charset=utf-8',
  text: 'text/plain; charset=utf-8',
  markdown: 'text/markdown; charset=utf-8',
  json: 'application/json',
  csv: 'text/csv; charset=utf-8',
  html: 'text/html; charset=utf-8',
};

const Query = z.strictObject({
  ...periodFields,
  ...filterFields,
  tag: word(64)
    .refine((key) => isDimension(`tag:${key}`), { error: 'must be letters, digits, dots, hyphens and underscores' })
    .optional()
    .openapi({ description: 'Key of the tag that the report of tags groups by. Default: team.', example: 'project' }),
  format: z.enum(FORMATS).default('json'),
  language: z.enum(LANGUAGES).default('en'),
  width: z.coerce.number().int().min(40).max(1000).optional().openapi({ description: 'Columns of a table.' }),
  colour: z.literal('true').optional().openapi({ description: 'ANSI colours in a table.' }),
});

export const route = createRoute({
  method: 'get',
  path: '/{name}',
  summary: 'A report, rendered. Default: the last 30 days as JSON',
  request: { params: z.object({ name: z.enum(REPORT_NAMES) }), query: Query },
  responses: {
    200: {
      description: 'The report.',
      content: {
        'application/json': { schema: z.unknown() },
        'text/plain': { schema: z.string() },
        'text/markdown': { schema: z.string() },
        'text/csv': { schema: z.string() },
        'text/html': { schema: z.string() },
      },
    },
    ...refusals,
  },
});

export function reportRoutes({ ledger, now }: ApiContext): OpenAPIHono {
  const routes = apiRouter();
  routes.openapi(route, async (context) => {
    const { name } = context.req.valid('param');
    const { format, language, width, colour, tag, ...given } = context.req.valid('query');
    const at = now();
    const bounded = given.from !== undefined || given.to !== undefined;
    if (tag !== undefined && name !== 'tags') {
      throw new ApiError('invalid_input', 'Query parameter tag: only the report tags has groups of a tag.');
    }
    const text = await computeReport(name, {
      tag,
      pool: ledger.pool,
      timeZone: ledger.timeZone,
      now: at,
      ...(bounded ? { period: periodOf(given, at, ledger.timeZone) } : { days: given.days }),
      filter: filterOf(given),
      format,
      wording: { language },
      terminal: { width: width ?? Infinity, colour: colour === 'true' },
    });
    return new Response(text, { headers: { 'content-type': CONTENT_TYPES[format] } });
  });
  return routes;
}
