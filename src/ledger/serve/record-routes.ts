/** Calls that a client tells us of, since no hook could see them. */
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { storedProviderName } from '../report/provider-names.ts';
import type { Queryable } from '../report/queryable.ts';
import { apiRouter } from './api-context.ts';
import type { ApiContext } from './api-context.ts';
import { ApiError } from './api-error.ts';
import { listOperations } from './operations.ts';
import { recordOf } from './recorded-usage.ts';
import type { RecordedUsage } from './recorded-usage.ts';
import { ErrorAnswer, json, refusals } from './schemas.ts';
import { operationAnswer } from './session-answers.ts';
import { ModelName, Operation, SERVICE_TYPES, SessionId, unitFields } from './usage-schemas.ts';
import { uuidV7 } from './uuid-v7.ts';
import { word } from './word.ts';

const RecordUsage = z
  .strictObject({
    session_id: SessionId,
    model_name: ModelName,
    service_type: z.enum(SERVICE_TYPES),
    operation_type: word(100).openapi({ example: 'generate' }),
    provider: word(100).optional().openapi({ description: 'Default: told from the model’s name.' }),
    user_id: word(256).optional(),
    chat_id: word(256).optional(),
    ...unitFields,
    record_id: SessionId.optional().openapi({
      description: 'Your own id of this usage: sent again, it is recorded once.',
    }),
  })
  .openapi('RecordUsage');

export const record = createRoute({
  method: 'post',
  path: '/record-usage',
  summary: 'Record a call that was not seen on the wire',
  request: { body: { required: true, content: json(RecordUsage) } },
  responses: {
    200: { description: 'The record with its cost.', content: json(Operation) },
    ...refusals,
    409: { description: 'The same record_id is being recorded now.', content: json(ErrorAnswer) },
  },
});

export function recordRoutes({ ledger, now }: ApiContext): OpenAPIHono {
  return apiRouter().openapi(record, async (context) => {
    const { record_id: recordId, provider, ...usage } = context.req.valid('json');
    const given: RecordedUsage = {
      ...usage,
      provider: provider === undefined ? undefined : storedProviderName(provider),
    };
    const key = await keyOf(ledger.pool, recordId, now());
    const { rejected, reasons } = await ledger.ingestLogs([
      { record: recordOf(given, key.id, key.at, ledger.prices.book), unknown: {} },
    ]);
    if (rejected > 0) throw new ApiError('invalid_input', `The ledger refused the record: ${reasons.join('; ')}`);
    // What the ledger has, which for a repeated record is what was sent first.
    const stored = await listOperations(ledger.pool, {
      period: { from: key.at, to: new Date(key.at.getTime() + 1) },
      filter: {},
      id: key.id,
      order: 'newest',
      limit: 1,
    });
    const [row] = stored;
    if (row === undefined) throw new Error(`record ${key.id} was acknowledged and is not there`);
    return context.json(operationAnswer(row), 200);
  });
}

interface Key {
  readonly id: string;
  readonly at: Date;
}

/** Id and time are a call's key: a client's own id stands for the pair that it was given first. */
async function keyOf(db: Queryable, recordId: string | undefined, now: Date): Promise<Key> {
  const fresh: Key = { id: uuidV7(now.getTime()), at: now };
  if (recordId === undefined) return fresh;
  const { rows } = await db.query<{ id: string; created_at: Date }>(
    `WITH added AS (
       INSERT INTO wiretally_private.api_records (record_id, id, created_at) VALUES ($1, $2, $3)
       ON CONFLICT (record_id) DO NOTHING RETURNING id, created_at
     )
     SELECT id, created_at FROM added
     UNION ALL SELECT id, created_at FROM wiretally_private.api_records WHERE record_id = $1
     LIMIT 1`,
    [recordId, fresh.id, fresh.at],
  );
  const [row] = rows;
  // Another request with the same id is being stored right now and was not visible yet.
  if (row === undefined) throw new ApiError('conflict', 'The same record_id is being recorded now. Send it again.');
  return { id: row.id, at: row.created_at };
}
