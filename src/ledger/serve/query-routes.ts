/** Sums by any groups: what the fixed endpoints ask, for those who want to ask otherwise. */
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { sumUsage } from '../report/sum-usage.ts';
import { DIMENSIONS, isDimension } from '../report/usage-row.ts';
import type { Dimension } from '../report/usage-row.ts';
import { Stats, statsOf } from './admin-routes.ts';
import { apiRouter } from './api-context.ts';
import type { ApiContext } from './api-context.ts';
import { filterFields, filterOf, json, periodFields, periodOf, refusals } from './schemas.ts';
import { pageFields } from './usage-schemas.ts';
import { word } from './word.ts';

const MAX_DIMENSIONS = 4;

const GroupBy = word(300)
  .transform((text) => text.split(','))
  .refine((names) => names.length <= MAX_DIMENSIONS && names.every((name) => isDimension(name)), {
    error: `must be up to ${MAX_DIMENSIONS} of ${DIMENSIONS.join(', ')}, tag:KEY, with commas between`,
  })
  .transform((names) => names as Dimension[])
  .openapi({ type: 'string', description: `${DIMENSIONS.join(', ')}, tag:KEY`, example: 'provider,tag:team' });

export const route = createRoute({
  method: 'get',
  path: '/query',
  summary: 'Sums by any groups, most requests first',
  request: {
    query: z.strictObject({
      group_by: GroupBy.optional(),
      order: z.enum(['requests', 'cost', 'group']).default('requests'),
      ...periodFields,
      ...filterFields,
      ...pageFields,
    }),
  },
  responses: {
    200: {
      description: 'A row a group.',
      content: json(z.object({ rows: z.array(Stats.extend({ group: z.record(z.string(), z.string().nullable()) })) })),
    },
    ...refusals,
  },
});

export function queryRoutes({ ledger, now }: ApiContext): OpenAPIHono {
  const { pool, timeZone } = ledger;
  return apiRouter().openapi(route, async (context) => {
    const { group_by: groupBy, order, limit, offset, ...given } = context.req.valid('query');
    const rows = await sumUsage(pool, {
      ...periodOf(given, now(), timeZone),
      filter: filterOf(given),
      groupBy,
      orderBy: order,
      timeZone,
      limit,
      offset,
    });
    return context.json({ rows: rows.map((row) => ({ group: { ...row.group }, ...statsOf(row) })) }, 200);
  });
}
