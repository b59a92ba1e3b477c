/** The ledger's HTTP surface as one `(Request) => Promise<Response>`, so that tests need no port. */
import { OpenAPIHono } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { secureHeaders } from 'hono/secure-headers';
import { errorCode, errorMessage } from '../ledger-error.ts';
import type { Ledger, Logger } from '../ledger.ts';
import { activityRoutes } from './activity-routes.ts';
import { access } from './access.ts';
import type { AccessOptions, Caller } from './access.ts';
import { adminRoutes } from './admin-routes.ts';
import { ApiError } from './api-error.ts';
import { checkRoutes } from './check-routes.ts';
import { explainRoutes } from './explain-routes.ts';
import { exportRoutes } from './export-routes.ts';
import { healthRoutes } from './health-routes.ts';
import type { LedgerMetrics } from './metrics.ts';
import { importRoutes } from './import-routes.ts';
import { otlpRoutes } from './otlp-routes.ts';
import { priceRoutes } from './price-routes.ts';
import { queryRoutes } from './query-routes.ts';
import { recordRoutes } from './record-routes.ts';
import { reportRoutes } from './report-routes.ts';
import { sessionRoutes } from './session-routes.ts';

export interface AppOptions extends AccessOptions {
  readonly ledger: Ledger;
  readonly metrics: LedgerMetrics;
  readonly logger: Logger;
}

export interface App {
  readonly fetch: (request: Request, caller?: Caller) => Promise<Response>;
}

const MAX_API_BODY_BYTES = 1_000_000;

export function createApp(options: AppOptions): App {
  const { ledger, logger } = options;
  const context = { ledger, now: options.now ?? (() => new Date()) };
  const app = new OpenAPIHono();
  app.onError((error) => answerOf(error, logger).toResponse());
  app.notFound((c) =>
    new ApiError('not_found', `${c.req.method} ${c.req.path} is not here. See /openapi.json for what is.`).toResponse(),
  );
  app.use(secureHeaders());
  app.use(access(options));
  app.use(
    '/api/*',
    bodyLimit({
      maxSize: MAX_API_BODY_BYTES,
      onError: () => {
        throw new ApiError('too_large', `The body is larger than ${MAX_API_BODY_BYTES} bytes.`);
      },
    }),
  );
  app.route('/', otlpRoutes(ledger.receiver));
  app.route('/', healthRoutes(ledger.stats, options.metrics));
  app.route('/api/admin/ai-usage', adminRoutes(context));
  app.route('/api/admin', checkRoutes(context));
  app.route('/api/reports', reportRoutes(context));
  app.route('/api/records', explainRoutes(context));
  for (const routes of [
    sessionRoutes,
    recordRoutes,
    activityRoutes,
    queryRoutes,
    priceRoutes,
    exportRoutes,
    importRoutes,
  ])
    app.route('/api/usage', routes(context));
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'Wiretally ledger',
      version: '1',
      description: 'What the AI provider calls of your services cost.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
  });
  return { fetch: async (request, caller) => app.fetch(request, caller) };
}

/** One class of error leaves the API; what is not of it is logged, and told without details. */
function answerOf(error: unknown, logger: Logger): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof HTTPException && error.status < 500) {
    return new ApiError('invalid_input', error.message === '' ? 'The body is not valid JSON.' : error.message);
  }
  if (isUnavailable(error)) {
    logger.warn({ err: error }, 'the database does not answer');
    return new ApiError('unavailable', 'The database does not answer. Ask again in a few seconds.', {
      headers: { 'Retry-After': '5' },
    });
  }
  logger.error({ err: error }, 'a request failed');
  return new ApiError('internal', 'The ledger failed to answer; its log says why.');
}

/** Connection lost, refused, or shut down (PostgreSQL classes 08, 53 and 57P, the driver's codes, and the ledger's). */
function isUnavailable(error: unknown): boolean {
  const code = errorCode(error) ?? '';
  return (
    /^(?:08|53|57P)/.test(code) ||
    ['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'busy', 'unavailable', 'closed'].includes(code) ||
    /Connection terminated|timeout exceeded when trying to connect/.test(errorMessage(error))
  );
}
