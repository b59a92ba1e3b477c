/**
 * Providers that the demo's simulator does not have: Mistral, Together, Hugging Face, Ollama, Replicate and, also over
 * HTTP/2, Bedrock. Each states 12 tokens in and 34 out, and refuses the model `refused`. Streams take their time, so that
 * they can be left in the middle.
 */
import { once } from 'node:events';
import * as http from 'node:http';
import * as http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { eventStreamMessage } from './aws-event-stream.ts';

export interface ProviderServer {
  readonly url: string;
  readonly h2Url: string;
  close(): Promise<void>;
}

const CHUNK_DELAY_MS = 40;
const WORDS = ['The ', 'parcel ', 'has ', 'left ', 'the ', 'depot.'];
const OPENAI_USAGE = { prompt_tokens: 12, completion_tokens: 34, total_tokens: 46 };
const EMBEDDING_USAGE = { prompt_tokens: 12, total_tokens: 12 };
const VECTORS = [{ object: 'embedding', index: 0, embedding: [0.5] }];
const BEDROCK_USAGE = { inputTokens: 12, outputTokens: 34, totalTokens: 46 };

type Fields = Readonly<Record<string, unknown>>;
type Response = http.ServerResponse | http2.Http2ServerResponse;
interface Answer {
  readonly status?: number;
  readonly type?: string;
  readonly chunks: readonly (string | Buffer)[];
}

export async function startProviderServer(): Promise<ProviderServer> {
  const handler = (req: http.IncomingMessage | http2.Http2ServerRequest, res: Response): void => {
    void handle(req, res).catch(() => res.destroy());
  };
  const h1 = http.createServer(handler);
  const h2 = http2.createServer(handler);
  const sessions = new Set<http2.ServerHttp2Session>();
  h2.on('session', (session) => sessions.add(session));
  for (const server of [h1, h2]) server.listen(0, '127.0.0.1');
  await Promise.all([once(h1, 'listening'), once(h2, 'listening')]);
  const urlOf = (server: http.Server | http2.Http2Server): string =>
    `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: urlOf(h1),
    h2Url: urlOf(h2),
    async close() {
      h1.closeAllConnections();
      for (const session of sessions) session.destroy();
      h1.close();
      h2.close();
      await Promise.all([once(h1, 'close'), once(h2, 'close')]);
    },
  };
}

async function handle(req: http.IncomingMessage | http2.Http2ServerRequest, res: Response): Promise<void> {
  res.on('error', () => {});
  const body = await textOf(req);
  const { status = 200, type = 'application/json', chunks } = answer(req, parse(body));
  // Both kinds of answer have the methods of the first, of which the types know nothing.
  const out = res as http.ServerResponse;
  out.writeHead(status, { 'content-type': type });
  for (const [i, chunk] of chunks.entries()) {
    if (out.destroyed) return;
    if (i > 0) await delay(CHUNK_DELAY_MS);
    out.write(chunk);
  }
  out.end();
}

function answer(req: http.IncomingMessage | http2.Http2ServerRequest, body: Fields): Answer {
  const path = req.url ?? '/';
  if (body['model'] === 'refused' || path.includes('refused')) {
    return json(
      { error: { message: 'refused', type: 'invalid_request_error', code: 'refused' }, message: 'refused' },
      400,
    );
  }
  if (path.endsWith('/embeddings')) return json({ model: body['model'], data: VECTORS, usage: EMBEDDING_USAGE });
  if (path.endsWith('/api/embed')) return json({ model: body['model'], embeddings: [[0.5]], prompt_eval_count: 12 });
  if (path.endsWith('/invoke')) return json({ embedding: [0.5], inputTextTokenCount: 12 });
  if (path.startsWith('/ollama/')) return ollama(body);
  if (path.startsWith('/replicate-stream/')) return replicateStream();
  if (path.startsWith('/replicate/')) return replicate(body, req.headers);
  if (path.endsWith('/converse')) return converse();
  if (path.endsWith('/converse-stream')) return converseStream();
  return chat(body);
}

function chat(body: Fields): Answer {
  const head = { id: 'chatcmpl-1', created: 1_760_000_000, model: body['model'] };
  if (body['stream'] !== true) {
    const choices = [{ index: 0, message: { role: 'assistant', content: WORDS.join('') }, finish_reason: 'stop' }];
    return json({ ...head, object: 'chat.completion', choices, usage: OPENAI_USAGE });
  }
  const event = (delta: Fields, finish: string | null, more: Fields = {}): string =>
    `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }], ...more })}\n\n`;
  return {
    type: 'text/event-stream',
    chunks: [
      ...WORDS.map((content) => event({ role: 'assistant', content }, null)),
      event({ content: '' }, 'stop', { usage: OPENAI_USAGE }),
      'data: [DONE]\n\n',
    ],
  };
}

function ollama(body: Fields): Answer {
  const line = (content: string, more: Fields): string =>
    `${JSON.stringify({ model: body['model'], created_at: '2026-11-22T10:00:00Z', message: { role: 'assistant', content }, ...more })}\n`;
  const last = { done: true, done_reason: 'stop', total_duration: 5, prompt_eval_count: 12, eval_count: 34 };
  if (body['stream'] !== true) return { chunks: [line(WORDS.join(''), last)] };
  return {
    type: 'application/x-ndjson',
    chunks: [...WORDS.map((word) => line(word, { done: false })), line('', last)],
  };
}

function replicate(body: Fields, headers: http.IncomingHttpHeaders): Answer {
  const origin = `http://${headers.host ?? ''}`;
  const prediction = {
    id: 'prediction1',
    model: 'meta/meta-llama-3-8b-instruct',
    version: 'hidden',
    input: body['input'],
    urls: {
      get: `${origin}/replicate/v1/predictions/prediction1`,
      cancel: `${origin}/replicate/v1/predictions/prediction1/cancel`,
      stream: `${origin}/replicate-stream/prediction1`,
    },
  };
  if (headers.prefer === undefined) return json({ ...prediction, status: 'starting' }, 201);
  const metrics = { predict_time: 1.5, input_token_count: 12, output_token_count: 34 };
  return json({ ...prediction, status: 'succeeded', output: WORDS, metrics }, 201);
}

function replicateStream(): Answer {
  return {
    type: 'text/event-stream',
    chunks: [...WORDS.map((word, i) => `event: output\nid: ${i}\ndata: ${word}\n\n`), 'event: done\ndata: {}\n\n'],
  };
}

function converse(): Answer {
  return json({
    output: { message: { role: 'assistant', content: [{ text: WORDS.join('') }] } },
    stopReason: 'end_turn',
    usage: BEDROCK_USAGE,
    metrics: { latencyMs: 50 },
  });
}

function converseStream(): Answer {
  return {
    type: 'application/vnd.amazon.eventstream',
    chunks: [
      eventStreamMessage('messageStart', { role: 'assistant' }),
      ...WORDS.map((word) => eventStreamMessage('contentBlockDelta', { contentBlockIndex: 0, delta: { text: word } })),
      eventStreamMessage('contentBlockStop', { contentBlockIndex: 0 }),
      eventStreamMessage('messageStop', { stopReason: 'end_turn' }),
      eventStreamMessage('metadata', { usage: BEDROCK_USAGE, metrics: { latencyMs: 50 } }),
    ],
  };
}

function json(body: unknown, status = 200): Answer {
  return { status, chunks: [JSON.stringify(body)] };
}

function parse(body: string): Fields {
  return body === '' ? {} : (JSON.parse(body) as Fields);
}
