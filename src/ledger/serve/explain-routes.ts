/** How the cost of one call came about. */
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { explainCall } from '../prices/explain-call.ts';
import { ExplanationAnswer, explanationAnswer } from '../prices/explanation-answer.ts';
import { apiRouter } from './api-context.ts';
import type { ApiContext } from './api-context.ts';
import { ApiError } from './api-error.ts';
import { ErrorAnswer, json, refusals } from './schemas.ts';

export const explainRoute = createRoute({
  method: 'get',
  path: '/{record_id}/explain',
  summary: 'How the cost of one call came about, line by line, or why there is none',
  request: { params: z.object({ record_id: z.uuid('must be the id of a record') }) },
  responses: {
    200: { description: 'The explanation.', content: json(ExplanationAnswer) },
    ...refusals,
    404: { description: 'There is no such record.', content: json(ErrorAnswer) },
  },
});

export function explainRoutes({ ledger }: ApiContext): OpenAPIHono {
  return apiRouter().openapi(explainRoute, async (context) => {
    const { record_id: id } = context.req.valid('param');
    const explanation = await explainCall(ledger.pool, id, ledger.prices.book);
    if (explanation === null) throw new ApiError('not_found', `There is no record ${id}.`);
    return context.json(explanationAnswer(explanation), 200);
  });
}
