/** Liveness (the process answers), readiness (records can be stored) and the ledger's own metrics. */
import { Hono } from 'hono';
import type { LedgerStats } from '../ledger.ts';
import type { LedgerMetrics } from './metrics.ts';

export function healthRoutes(stats: LedgerStats, metrics: LedgerMetrics): Hono {
  return new Hono()
    .get('/livez', (context) => context.json({ status: 'ok' }))
    .get('/readyz', (context) =>
      stats.ready
        ? context.json({ status: 'ok' })
        : context.json({ status: 'unavailable', reason: 'the database does not answer or is being migrated' }, 503),
    )
    .get('/metrics', async () => {
      const { contentType, text } = await metrics.render();
      return new Response(text, { headers: { 'content-type': contentType } });
    });
}
