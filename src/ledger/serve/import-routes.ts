/** Calls that another tracker recorded, as `wiretally import --url` understood them. */
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { attributesToRecord } from '@wiretally/usage';
import type { ParsedRecord } from '../ledger.ts';
import { whyNotStorable } from '../store/check-record.ts';
import { countStored } from '../transfer/import/count-stored.ts';
import { apiRouter } from './api-context.ts';
import type { ApiContext } from './api-context.ts';
import { ApiError } from './api-error.ts';
import { json, refusals } from './schemas.ts';
import { word } from './word.ts';

const MOST_CALLS = 1000;

const Import = z
  .strictObject({
    apply: z.boolean().openapi({ description: 'False: nothing is written.' }),
    calls: z
      .array(
        z.strictObject({
          time_unix_micros: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
          application: word(256).nullable(),
          attributes: z
            .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string()).readonly()]))
            .openapi({
              description: 'Those of the ledger record in OTLP: wiretally.record.id, gen_ai.provider.name, …',
            }),
        }),
      )
      .max(MOST_CALLS),
  })
  .openapi('ImportCalls');

const count = z.number().int().min(0);

export const importRoute = createRoute({
  method: 'post',
  path: '/import-calls',
  summary: 'Calls of another tracker; those that are there already change nothing',
  request: { body: { required: true, content: json(Import) } },
  responses: {
    200: {
      description: 'What became of them.',
      content: json(z.object({ applied: z.boolean(), imported: count, already_there: count })),
    },
    ...refusals,
  },
});

export function importRoutes({ ledger }: ApiContext): OpenAPIHono {
  return apiRouter().openapi(importRoute, async (context) => {
    const { apply, calls } = context.req.valid('json');
    const records = calls.map(({ time_unix_micros: timeUnixMicros, application, attributes }, index): ParsedRecord => {
      const parsed = attributesToRecord(attributes, {
        timeUnixMicros,
        serviceName: application,
        serviceVersion: null,
        environment: null,
        traceId: null,
        spanId: null,
      });
      const record = { ...parsed.record, source: 'import' as const };
      const refused = whyNotStorable(record);
      if (refused !== null) throw new ApiError('invalid_input', `Body calls.${index}: ${refused}.`);
      return { record, unknown: parsed.unknown };
    });
    const there = apply ? (await ledger.ingestLogs(records)).duplicates : await countStored(ledger.pool, records);
    return context.json({ applied: apply, imported: records.length - there, already_there: there }, 200);
  });
}
