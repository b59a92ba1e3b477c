/** The calls as a file, for `wiretally export --url` and programs that want rows. */
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { exportCalls } from '../transfer/export/export-calls.ts';
import type { ExportOptions } from '../transfer/export/export-calls.ts';
import { TEXT_FORMATS } from '../transfer/export/text-formats.ts';
import { apiRouter } from './api-context.ts';
import type { ApiContext } from './api-context.ts';
import { ApiError } from './api-error.ts';
import { filterFields, filterOf, periodFields, periodOf, refusals } from './schemas.ts';

const CONTENT_TYPES = {
  csv: 'text/csv; charset=utf-8',
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  sqlite: 'application/vnd.sqlite3',
} as const;

export const exportRoute = createRoute({
  method: 'get',
  path: '/export',
  summary: 'The calls, one row each, oldest first; what was not stated is null or empty, never 0',
  request: {
    query: z.strictObject({
      format: z.enum([...TEXT_FORMATS, 'sqlite']).default('json'),
      ...periodFields,
      ...filterFields,
    }),
  },
  responses: {
    200: {
      description: 'The file.',
      content: {
        'application/json': { schema: z.array(z.record(z.string(), z.unknown())) },
        'text/csv': { schema: z.string() },
        'application/x-ndjson': { schema: z.string() },
        'application/vnd.sqlite3': { schema: z.string().openapi({ format: 'binary' }) },
      },
    },
    ...refusals,
  },
});

/** Each holds a connection and a state of the ledger until its reader has everything. */
const MOST_AT_ONCE = 2;
/** A reader that stops reading must not hold them for good. */
const LONGEST_MS = 10 * 60_000;

export function exportRoutes({ ledger, now }: ApiContext): OpenAPIHono {
  const { pool, timeZone } = ledger;
  let running = 0;
  return apiRouter().openapi(exportRoute, async (context) => {
    const { format, ...given } = context.req.valid('query');
    const selection = { period: periodOf(given, now(), timeZone), filter: filterOf(given) };
    if (running >= MOST_AT_ONCE) {
      throw new ApiError('too_many_requests', `${MOST_AT_ONCE} exports are running. Ask again when one has ended.`, {
        headers: { 'Retry-After': '10' },
      });
    }
    running += 1;
    const ended = (): void => {
      running -= 1;
    };
    const options = { pool, timeZone, selection, format, signal: AbortSignal.timeout(LONGEST_MS) };
    const name = format === 'sqlite' ? 'token_usage.db' : `calls.${format}`;
    const headers = {
      'content-type': CONTENT_TYPES[format],
      'content-disposition': `attachment; filename="${name}"`,
    };
    const body = format === 'sqlite' ? await sqliteOf(options, ended) : streamOf(options, ended);
    return new Response(body, { headers });
  });
}

/** As fast as it is read. What fails half-way cuts the answer, so that nobody takes it for the whole. */
function streamOf(options: Omit<ExportOptions, 'to'>, ended: () => void): ReadableStream<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const encoder = new TextEncoder();
  const aborted = new Promise<never>((_, reject) => {
    options.signal?.addEventListener('abort', () => reject(new Error('The export took too long.')), { once: true });
  });
  aborted.catch(() => undefined);
  exportCalls({ ...options, to: (text) => Promise.race([writer.write(encoder.encode(text)), aborted]) })
    .then(() => writer.close())
    .catch((error: unknown) => writer.abort(error))
    .catch(() => undefined)
    .finally(ended);
  return readable;
}

/** SQLite is written into a file, which goes when it has been read. */
async function sqliteOf(options: Omit<ExportOptions, 'to'>, ended: () => void): Promise<ReadableStream<Uint8Array>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'wiretally-export-'));
  const remove = (): void => {
    ended();
    rm(folder, { recursive: true, force: true }).catch(() => undefined);
  };
  try {
    const file = path.join(folder, 'token_usage.db');
    await exportCalls({ ...options, to: { path: file, force: false } });
    const reading = createReadStream(file, options.signal === undefined ? {} : { signal: options.signal });
    reading.once('close', remove);
    return Readable.toWeb(reading) as ReadableStream<Uint8Array>;
  } catch (error) {
    remove();
    throw error;
  }
}
