/** The service that is watched: so many calls, some at a time. Says its memory whenever a tenth of them has ended. */
import * as http from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { forceFlush } from '@wiretally/instrumentation';
import { clientOf, kindOf } from './traffic.ts';
import type { Kind } from './traffic.ts';

export interface Memory {
  readonly calls: number;
  readonly heapBytes: number;
  readonly outsideBytes: number;
}

const { SOAK_ORIGIN = '', SOAK_CLOSED_ORIGIN = '', SOAK_CALLS = '0' } = process.env;
const calls = Number(SOAK_CALLS);
const AT_A_TIME = 32;
const PARTS = 10;
const agent = new http.Agent({ keepAlive: true, maxSockets: AT_A_TIME });
const body = JSON.stringify({
  model: 'gpt-4o-mini',
  stream: true,
  stream_options: { include_usage: true },
  messages: [{ role: 'user', content: 'a prompt' }],
});

for (let part = 0, next = 0; part < PARTS; part += 1) {
  const until = Math.floor((calls * (part + 1)) / PARTS);
  await Promise.all(
    Array.from({ length: AT_A_TIME }, async () => {
      while (next < until) {
        const call = next;
        next += 1;
        await make(call);
      }
    }),
  );
  process.send?.(await memory(next));
}
process.disconnect();
agent.destroy();

async function make(call: number): Promise<void> {
  const kind = kindOf(call);
  const url = `${kind === 'unknown-host' ? SOAK_CLOSED_ORIGIN : SOAK_ORIGIN}/v1/chat/completions?kind=${kind}`;
  try {
    await (clientOf(call) === 'fetch' ? byFetch(url, kind) : byHttp(url, kind));
  } catch (error) {
    if (kind === 'json' || kind === 'sse' || kind === 'error') throw error;
  }
}

async function byFetch(url: string, kind: Kind): Promise<void> {
  const controller = new AbortController();
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body, signal: controller.signal });
  if (kind !== 'abort') {
    await response.text();
    return;
  }
  for await (const chunk of response.body ?? []) if (chunk !== null) controller.abort();
}

function byHttp(url: string, kind: Kind): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const request = http.request(url, { method: 'POST', agent, headers }, (response) => {
      if (kind === 'abort') response.once('data', () => request.destroy());
      text(response).then(() => resolve(), reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** After everything of ours has left, and what is garbage has gone. */
async function memory(made: number): Promise<Memory> {
  await forceFlush(10_000);
  await delay(200);
  for (let i = 0; i < 4; i += 1) {
    globalThis.gc?.();
    await delay(20);
  }
  const { heapUsed, external } = process.memoryUsage();
  return { calls: made, heapBytes: heapUsed, outsideBytes: external };
}
