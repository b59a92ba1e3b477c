/** The two admin endpoints, in the shapes that their users know. */
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { modelDisplayName } from '@wiretally/usage';
import { modelId } from '../store/model-ids.ts';
import { roundDecimal, trimDecimal } from '../report/decimal.ts';
import { sumUsage } from '../report/sum-usage.ts';
import type { UsageRow } from '../report/usage-row.ts';
import { apiRouter } from './api-context.ts';
import type { ApiContext } from './api-context.ts';
import { filterOf, json, periodOf, refusals, UsageQueryParameters } from './schemas.ts';

const count = z.number().int().min(0);
const unknown = 'null where no call stated it';
const money = z
  .number()
  .nullable()
  .openapi({ description: `USD; ${unknown}` });
const exactMoney = z.string().nullable().openapi({ description: 'The same, an exact decimal.', example: '0.0892' });
const tokens = count.nullable().openapi({ description: unknown });
const percent = z.number().min(0).max(100).nullable().openapi({ description: 'Percent, two decimals.' });
const milliseconds = count.nullable().openapi({ description: 'Whole milliseconds.' });
const meanDuration = z
  .number()
  .min(0)
  .nullable()
  .openapi({ description: 'The same in milliseconds, to the microsecond.' });

export const Stats = z
  .object({
    total_requests: count,
    successful_requests: count,
    failed_requests: count,
    total_tokens: tokens,
    input_tokens: tokens,
    output_tokens: tokens,
    cache_read_tokens: tokens.openapi({ description: `Part of the input; ${unknown}.` }),
    cache_write_tokens: tokens.openapi({ description: `Part of the input; ${unknown}.` }),
    reasoning_tokens: tokens.openapi({ description: `Part of the output; ${unknown}.` }),
    estimated_cost: money,
    estimated_cost_exact: exactMoney,
    success_rate: percent,
    avg_response_time: milliseconds,
    mean_duration_ms: meanDuration,
    requests_without_usage: count.openapi({ description: 'Calls that the token sums lack.' }),
    requests_without_cost: count.openapi({ description: 'Calls that the cost lacks.' }),
  })
  .openapi('UsageStats');

export const ModelStats = z
  .object({
    model_id: z.uuid().openapi({ description: 'UUIDv5 of provider/model: the same everywhere.' }),
    model: z.string().nullable().openapi({ description: 'The id that the provider knows.' }),
    model_name: z.string(),
    provider: z.string(),
    request_count: count,
    success_count: count,
    fail_count: count,
    total_tokens: tokens,
    input_tokens: tokens,
    output_tokens: tokens,
    cache_read_tokens: tokens.openapi({ description: `Part of the input; ${unknown}.` }),
    cache_write_tokens: tokens.openapi({ description: `Part of the input; ${unknown}.` }),
    reasoning_tokens: tokens.openapi({ description: `Part of the output; ${unknown}.` }),
    estimated_cost: money,
    estimated_cost_exact: exactMoney,
    success_rate: percent,
    avg_response_time: milliseconds,
    mean_duration_ms: meanDuration,
    last_used_at: z.iso.datetime().nullable(),
    requests_without_usage: count,
    requests_without_cost: count,
  })
  .openapi('ModelUsage');

export const stats = createRoute({
  method: 'get',
  path: '/stats',
  summary: 'Totals for summary cards',
  request: { query: UsageQueryParameters },
  responses: {
    200: { description: 'Totals.', content: json(z.object({ success: z.literal(true), data: Stats })) },
    ...refusals,
  },
});

export const byModel = createRoute({
  method: 'get',
  path: '/by-model',
  summary: 'A row a model, most requests first',
  request: { query: UsageQueryParameters },
  responses: {
    200: { description: 'Rows.', content: json(z.object({ success: z.literal(true), data: z.array(ModelStats) })) },
    ...refusals,
  },
});

export function adminRoutes({ ledger, now }: ApiContext): OpenAPIHono {
  const ask = (given: UsageQueryParameters, groupBy: ('provider' | 'model')[]): Promise<UsageRow[]> =>
    sumUsage(ledger.pool, { ...periodOf(given, now(), ledger.timeZone), filter: filterOf(given), groupBy });
  return apiRouter()
    .openapi(stats, async (context) => {
      const [row] = await ask(context.req.valid('query'), []);
      if (row === undefined) throw new Error('an ungrouped sum has one row');
      return context.json(
        {
          success: true as const,
          data: statsOf(row),
        },
        200,
      );
    })
    .openapi(byModel, async (context) => {
      const rows = await ask(context.req.valid('query'), ['provider', 'model']);
      return context.json({ success: true as const, data: rows.map(modelStats) }, 200);
    });
}

export function statsOf(row: UsageRow): z.infer<typeof Stats> {
  return {
    total_requests: row.requests,
    successful_requests: row.succeeded,
    failed_requests: row.failed,
    ...sums(row),
  };
}

function modelStats(row: UsageRow): z.infer<typeof ModelStats> {
  const provider = row.group['provider'] ?? 'unknown';
  const model = row.group['model'] ?? null;
  return {
    model_id: modelId(provider, model ?? ''),
    model,
    model_name: model === null ? 'unknown' : modelDisplayName(provider, model),
    provider,
    request_count: row.requests,
    success_count: row.succeeded,
    fail_count: row.failed,
    ...sums(row),
    last_used_at: row.lastUsedAt?.toISOString() ?? null,
  };
}

/** What both answers say about the calls they count. The sum over no calls is 0; of calls that say nothing, unknown. */
function sums(row: UsageRow) {
  const none = row.requests === 0;
  const cost = none ? '0' : row.costUsd;
  return {
    total_tokens: none ? 0 : row.totalTokens,
    input_tokens: none ? 0 : row.inputTokens,
    output_tokens: none ? 0 : row.outputTokens,
    cache_read_tokens: none ? 0 : row.cacheReadTokens,
    cache_write_tokens: none ? 0 : row.cacheWriteTokens,
    reasoning_tokens: none ? 0 : row.reasoningTokens,
    estimated_cost: cost === null ? null : Number(roundDecimal(cost, 12)),
    estimated_cost_exact: cost === null ? null : trimDecimal(cost),
    success_rate: none ? null : Math.round((row.succeeded / row.requests) * 10_000) / 100,
    avg_response_time: row.meanDurationMs === null ? null : Math.round(row.meanDurationMs),
    mean_duration_ms: row.meanDurationMs === null ? null : Math.round(row.meanDurationMs * 1000) / 1000,
    requests_without_usage: row.withoutUsage,
    requests_without_cost: row.unpriced,
  };
}
