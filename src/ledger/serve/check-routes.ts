/** What `wiretally doctor` and `wiretally audit` say, of a ledger that runs elsewhere. */
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { diagnose } from '../report/diagnose.ts';
import type { AuditResult } from '../store/audit.ts';
import { apiRouter } from './api-context.ts';
import type { ApiContext } from './api-context.ts';
import { json, refusals } from './schemas.ts';

const Findings = z
  .object({
    findings: z.array(
      z.object({ state: z.enum(['ok', 'note', 'wrong']), text: z.string(), advice: z.string().nullable() }),
    ),
  })
  .openapi('Findings');

const count = z.number().int().min(0);
const Audit = z
  .object({
    calls: count,
    rollups: count.openapi({ description: 'Hourly totals.' }),
    details_from: z
      .string()
      .nullable()
      .openapi({ description: 'Earlier calls are dropped by age; null: all are kept.' }),
    differences: z
      .array(
        z.object({
          hour: z.string(),
          provider: z.string(),
          model: z.string(),
          measure: z.string(),
          rollup: z.string(),
          rows: z.string(),
        }),
      )
      .openapi({ description: 'Totals that are not what their calls say.' }),
  })
  .openapi('Audit');

export const doctor = createRoute({
  method: 'get',
  path: '/doctor',
  summary: 'What is wrong with the ledger, in plain words, and what to do',
  request: { query: z.strictObject({}) },
  responses: { 200: { description: 'One entry a check.', content: json(Findings) }, ...refusals },
});

export const audit = createRoute({
  method: 'get',
  path: '/audit',
  summary: 'Compare every total with the calls that it was made from; reads all of them',
  request: { query: z.strictObject({}) },
  responses: { 200: { description: 'What was compared.', content: json(Audit) }, ...refusals },
});

export function checkRoutes({ ledger, now }: ApiContext): OpenAPIHono {
  // Each reads every call: whoever asks meanwhile gets the same answer.
  let running: Promise<AuditResult> | null = null;
  return apiRouter()
    .openapi(doctor, async (context) => {
      const findings = await diagnose(ledger, now());
      return context.json({ findings: [...findings] }, 200);
    })
    .openapi(audit, async (context) => {
      running ??= ledger.audit().finally(() => {
        running = null;
      });
      const { calls, rollups, detailsFrom, differences } = await running;
      return context.json({ calls, rollups, details_from: detailsFrom, differences: [...differences] }, 200);
    });
}
