/** What the endpoints stand on. */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { ZodError } from 'zod';
import type { Ledger } from '../ledger.ts';
import { ApiError } from './api-error.ts';

export interface ApiContext {
  readonly ledger: Pick<Ledger, 'pool' | 'timeZone' | 'ingestLogs' | 'prices' | 'database' | 'retentionDays' | 'audit'>;
  readonly now: () => Date;
}

/** A router whose validation failures are ApiErrors that name the field. */
export function apiRouter(): OpenAPIHono {
  return new OpenAPIHono({
    defaultHook: (result) => {
      if (!result.success) throw new ApiError('invalid_input', explain(result.error, result.target));
    },
  });
}

function explain(error: ZodError, target: string): string {
  const place = { query: 'Query parameter', param: 'Path', json: 'Body' }[target] ?? target;
  return error.issues
    .slice(0, 5)
    .map((issue) => {
      if (issue.code === 'unrecognized_keys') return `${place}: unknown name ${issue.keys.join(', ')}`;
      const field = issue.path.join('.');
      return `${place}${field === '' ? '' : ` ${field}`}: ${issue.message}`;
    })
    .join('; ');
}
