/**
 * The other side, in a process of its own: a provider, a host that is nobody's, and a sink for telemetry that only
 * answers. The sink looks into what it gets until it has seen the usage of the bench's calls.
 */
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import {
  CHUNK_EVERY_MS,
  HEADERS,
  JSON_ANSWER,
  OUTPUT_TOKENS,
  SHORT_CHUNK_EVERY_MS,
  SHORT_STREAM_CHUNKS,
  STREAM_CHUNKS,
  streamAnswer,
  UPLOAD_ANSWER,
} from './exchanges.ts';

export interface Addresses {
  readonly provider: string;
  /** The same answers, from a host that no provider has. */
  readonly other: string;
  readonly sink: string;
}

/** Senders whose telemetry had the usage in it; the first part of the path says who sends. */
const withUsage = new Set<string>();

const JSON_USAGE = new RegExp(`[:"]${OUTPUT_TOKENS}[,"}]`);

const STREAMS: Readonly<Record<string, readonly string[]>> = {
  'POST /stream/chat/completions': streamAnswer(STREAM_CHUNKS),
  'POST /short/chat/completions': streamAnswer(SHORT_STREAM_CHUNKS),
};
const ANSWERS: Readonly<Record<string, string>> = {
  'POST /v1/chat/completions': JSON_ANSWER,
  'POST /v1/audio/transcriptions': UPLOAD_ANSWER,
};

function answer(request: http.IncomingMessage, response: http.ServerResponse): void {
  request.resume().on('end', () => {
    const asked = `${request.method} ${request.url}`;
    const text = ANSWERS[asked];
    const chunks = STREAMS[asked];
    if (text !== undefined) {
      response.writeHead(200, { ...HEADERS, 'content-type': 'application/json', 'content-length': text.length });
      response.end(text);
    } else if (chunks !== undefined) {
      response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream; charset=utf-8' });
      stream(response, chunks, 0);
    } else {
      response.writeHead(404).end();
    }
  });
}

/**
 * Chunks arrive one by one. Written as fast as they can be, several would come in one read, how many depends on the
 * reader's speed, and the SDK's parser takes time that grows with their square: that would be compared, not the watcher.
 */
function stream(response: http.ServerResponse, chunks: readonly string[], index: number): void {
  const chunk = chunks[index];
  if (chunk === undefined) {
    response.end();
    return;
  }
  response.write(chunk);
  setTimeout(
    stream,
    chunks.length === STREAM_CHUNKS ? CHUNK_EVERY_MS : SHORT_CHUNK_EVERY_MS,
    response,
    chunks,
    index + 1,
  );
}

function take(request: http.IncomingMessage, response: http.ServerResponse): void {
  const sender = request.url?.split('/')[1] ?? '';
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => withUsage.has(sender) || parts.push(part));
  request.on('end', () => {
    if (!withUsage.has(sender)) look(sender, Buffer.concat(parts), request.headers['content-encoding']);
    response.writeHead(200, { 'content-type': request.headers['content-type'] ?? 'application/json' });
    response.end(request.headers['content-type'] === 'application/json' ? '{}' : '');
  });
}

function look(sender: string, body: Buffer, encoding: string | undefined): void {
  if (hasUsage(encoding === 'gzip' ? gunzipSync(body) : body)) withUsage.add(sender);
}

/** In JSON, or in protobuf as an integer (field 3 of `AnyValue`) or a double (field 4, and data points). */
function hasUsage(body: Buffer): boolean {
  const double = Buffer.alloc(8);
  double.writeDoubleLE(OUTPUT_TOKENS);
  const integer = Buffer.from([0x18, (OUTPUT_TOKENS & 0x7f) | 0x80, OUTPUT_TOKENS >> 7]);
  return JSON_USAGE.test(body.toString('latin1')) || body.includes(double) || body.includes(integer);
}

async function listen(handler: http.RequestListener): Promise<string> {
  const server = http.createServer({ keepAliveTimeout: 600_000 }, handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

process.on('message', (sender: string) => process.send?.(withUsage.has(sender)));
process.once('disconnect', () => process.exit());
process.send?.({
  provider: await listen(answer),
  other: await listen(answer),
  sink: await listen(take),
} satisfies Addresses);
