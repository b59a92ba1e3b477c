/** OTLP/HTTP: the three signals go to the receiver, whose answer is sent as it is. */
import { Hono } from 'hono';
import type { OtlpSignal, Receiver } from '../ledger.ts';
import { createBodyMemory } from './body-memory.ts';
import { withBody } from './read-body.ts';

/** Of bodies that arrive, wait and are stored, before they are decompressed; twice. */
const MAX_BODIES_BYTES = 64 * 1024 * 1024;

export function otlpRoutes(receiver: Receiver): Hono {
  const routes = new Hono();
  const limits = { maxBytes: receiver.maxBodyBytes, memory: createBodyMemory(MAX_BODIES_BYTES) };
  for (const signal of ['logs', 'metrics', 'traces'] satisfies OtlpSignal[]) {
    routes.post(`/v1/${signal}`, async (context) => {
      const { req } = context;
      const answer = await withBody(req.raw, limits, (body) =>
        receiver.receiveOtlp(signal, req.header('content-type'), req.header('content-encoding'), body),
      );
      return new Response(new Uint8Array(answer.body), {
        status: answer.status,
        headers: { 'content-type': answer.contentType, ...answer.headers },
      });
    });
  }
  return routes;
}
