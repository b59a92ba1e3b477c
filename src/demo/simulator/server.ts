/**
 * The provider simulator: one local HTTP server that speaks the wire formats of all providers of the demo, told apart
 * by the first part of the path. The request header `x-demo-scenario` says which scenario's answer is wanted; without
 * it, the first scenario of that provider and model answers.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { scenarios } from '../scenarios/index.ts';
import type { DemoProvider, Scenario } from '../scenarios/scenario.ts';
import { simulatedProviders } from './providers/index.ts';
import { send } from './send.ts';
import { createServedLog } from './served.ts';
import type { Served } from './served.ts';
import { json } from './wire.ts';
import type { Answer, SimulatedProvider, SimulatedRequest } from './wire.ts';

export const SIMULATOR_PORT = 4390;
export const SIMULATOR_PORT_VARIABLE = 'WIRETALLY_SIMULATOR_PORT';

export interface SimulatorOptions {
  /** 0 takes a free one. */
  readonly port?: number;
  readonly chunkDelayMs?: number;
}

export interface Simulator {
  /** `http://127.0.0.1:4390` */
  readonly url: string;
  readonly port: number;
  served(): Served;
  close(): Promise<void>;
}

/** @throws Error that says what to do, where the port is taken or not allowed. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const port = options.port ?? SIMULATOR_PORT;
  const log = createServedLog();
  const turns = new Map<string, number>();
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      console.error(`simulator: ${request.method} ${request.url}: ${String(error)}`);
      response.destroy();
    });
  });

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    const { answer, gzip } = choose(request);
    await send(response, answer, {
      gzip: gzip && String(incoming.headers['accept-encoding']).includes('gzip'),
      chunkDelayMs: options.chunkDelayMs ?? 5,
    });
  }

  function choose(request: SimulatedRequest): { answer: Answer; gzip: boolean } {
    if (request.path === '/served') return { answer: json(200, log.served()), gzip: false };
    const found = findProvider(request);
    if (found === null) {
      log.countNotAi();
      return { answer: json(200, { weather: 'fair' }), gzip: false };
    }
    const polled = request.method === 'GET' ? (found.provider.poll?.(found.request) ?? null) : null;
    if (polled !== null) return { answer: polled, gzip: false };

    const scenario = findScenario(found.name, found.request);
    if (scenario === undefined)
      return { answer: json(404, { error: { message: 'No demo scenario fits this request.' } }), gzip: false };
    const turn = turns.get(scenario.name) ?? 0;
    turns.set(scenario.name, turn + 1);
    const attempt = scenario.attempts[turn % scenario.attempts.length] ?? scenario.attempts[0];
    log.count(scenario, attempt);
    return {
      answer: found.provider.answer(found.request, attempt.reply),
      gzip: 'gzip' in attempt.reply && attempt.reply.gzip,
    };
  }

  await listen(server, port);
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    served: () => log.served(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const advice = `Stop what uses it, or choose another port: ${SIMULATOR_PORT_VARIABLE}=4391.`;
      const reason =
        error.code === 'EADDRINUSE'
          ? 'the port is in use'
          : error.code === 'EACCES'
            ? 'the port is not allowed'
            : error.message;
      reject(
        new Error(`The provider simulator cannot listen on 127.0.0.1:${port}: ${reason}. ${advice}`, { cause: error }),
      );
    });
    server.listen(port, '127.0.0.1', () => resolve());
  });
}

async function readRequest(incoming: IncomingMessage): Promise<SimulatedRequest> {
  const url = new URL(incoming.url ?? '/', 'http://127.0.0.1');
  let text = '';
  for await (const chunk of incoming.setEncoding('utf8')) text += String(chunk);
  const body: unknown = text === '' ? {} : JSON.parse(text);
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: incoming.headers,
    body: typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {},
  };
}

function findProvider(
  request: SimulatedRequest,
): { name: DemoProvider; provider: SimulatedProvider; request: SimulatedRequest } | null {
  for (const [name, provider] of Object.entries(simulatedProviders)) {
    if (request.path.startsWith(`${provider.prefix}/`)) {
      const below = { ...request, path: request.path.slice(provider.prefix.length) };
      return { name: name as DemoProvider, provider, request: below };
    }
  }
  return null;
}

function findScenario(provider: DemoProvider, request: SimulatedRequest): Scenario | undefined {
  const candidates = scenarios.filter((scenario) => scenario.provider === provider);
  const wanted = request.headers['x-demo-scenario'];
  if (wanted !== undefined) return candidates.find((scenario) => scenario.name === wanted);
  const model = request.body['model'];
  return candidates.find(
    (scenario) => scenario.model === model || request.path.includes(`/${scenario.model}:`) || provider === 'google-tts',
  );
}
