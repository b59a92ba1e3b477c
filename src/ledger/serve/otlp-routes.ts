/** OTLP/HTTP: the three signals go to the receiver, whose answer is sent as it is. */
import { Hono } from 'hono';
import type { OtlpSignal, Receiver } from '../ledger.ts';
import { readBody } from './read-body.ts';

export function otlpRoutes(receiver: Receiver): Hono {
  const routes = new Hono();
  for (const signal of ['logs', 'metrics', 'traces'] satisfies OtlpSignal[]) {
    routes.post(`/v1/${signal}`, async (context) => {
      const body = await readBody(context.req.raw, receiver.maxBodyBytes);
      const answer = await receiver.receiveOtlp(
        signal,
        context.req.header('content-type'),
        context.req.header('content-encoding'),
        body,
      );
      return new Response(new Uint8Array(answer.body), {
        status: answer.status,
        headers: { 'content-type': answer.contentType, ...answer.headers },
      });
    });
  }
  return routes;
}
