/** Recent operations, and two periods side by side. */
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { addDecimals, trimDecimal } from '../report/decimal.ts';
import { apiRouter } from './api-context.ts';
import type { ApiContext } from './api-context.ts';
import { Stats } from './admin-routes.ts';
import { comparePeriods } from './compare-periods.ts';
import { listOperations } from './operations.ts';
import { filterFields, filterOf, json, moment, periodFields, periodOf, refusals } from './schemas.ts';
import { operationAnswer } from './session-answers.ts';
import { exactUsd, Operation, pageFields, sumOrNull } from './usage-schemas.ts';

export const recent = createRoute({
  method: 'get',
  path: '/recent',
  summary: 'Last operations with their cost, newest first',
  request: { query: z.strictObject({ ...periodFields, ...filterFields, ...pageFields }) },
  responses: {
    200: { description: 'Operations.', content: json(z.object({ operations: z.array(Operation) })) },
    ...refusals,
  },
});

const Side = Stats.extend({ from: z.iso.datetime(), to: z.iso.datetime() });
const Change = z.object({ absolute: sumOrNull, percent: sumOrNull });

export const compare = createRoute({
  method: 'get',
  path: '/compare',
  summary: 'Two periods side by side; the change is from the second to the first',
  request: {
    query: z.strictObject({ from: moment, to: moment, with_from: moment, with_to: moment, ...filterFields }),
  },
  responses: {
    200: {
      description: 'Both periods and what changed.',
      content: json(
        z.object({
          period: Side,
          with: Side,
          change: z.object({
            total_requests: Change,
            total_tokens: Change,
            estimated_cost: Change.extend({ absolute_exact: exactUsd }),
            avg_response_time: Change,
          }),
        }),
      ),
    },
    ...refusals,
  },
});

export function activityRoutes({ ledger, now }: ApiContext): OpenAPIHono {
  const { pool, timeZone } = ledger;
  return apiRouter()
    .openapi(recent, async (context) => {
      const { limit, offset, ...given } = context.req.valid('query');
      const period = periodOf(given, now(), timeZone);
      const rows = await listOperations(pool, { period, filter: filterOf(given), order: 'newest', limit, offset });
      return context.json({ operations: rows.map(operationAnswer) }, 200);
    })
    .openapi(compare, async (context) => {
      const { from, to, with_from, with_to, ...given } = context.req.valid('query');
      const [period, other] = await comparePeriods(
        pool,
        [periodOf({ from, to }, now(), timeZone), periodOf({ from: with_from, to: with_to }, now(), timeZone)],
        filterOf(given),
      );
      return context.json(
        {
          period,
          with: other,
          change: {
            total_requests: change(period.total_requests, other.total_requests),
            total_tokens: change(period.total_tokens, other.total_tokens),
            estimated_cost: {
              ...change(period.estimated_cost, other.estimated_cost),
              absolute_exact: difference(period.estimated_cost_exact, other.estimated_cost_exact),
            },
            avg_response_time: change(period.avg_response_time, other.avg_response_time),
          },
        },
        200,
      );
    });
}

/** Percent of nothing is unknown. */
function change(now: number | null, before: number | null): { absolute: number | null; percent: number | null } {
  if (now === null || before === null) return { absolute: null, percent: null };
  return {
    absolute: now - before,
    percent: before === 0 ? null : Math.round(((now - before) / before) * 10_000) / 100,
  };
}

function difference(now: string | null, before: string | null): string | null {
  if (now === null || before === null) return null;
  return trimDecimal(addDecimals(now, before.startsWith('-') ? before.slice(1) : `-${before}`));
}
