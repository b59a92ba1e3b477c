/** The work: one entry a case, run alike by every variant. */
import * as http from 'node:http';
import type { OpenAI } from 'openai';
import {
  CONCURRENT_STREAMS,
  JSON_ANSWER,
  MODEL,
  OUTPUT_TOKENS,
  QUESTION,
  SHORT_STREAM_CHUNKS,
  STREAM_CHUNKS,
  STREAMS_AT_A_TIME,
  streamAnswer,
  UPLOAD_ANSWER,
  UPLOAD_BYTES,
} from './exchanges.ts';

export interface Workload {
  readonly name: string;
  /** Which SDK of bench/peers it goes through: the newest one, or the newest that all peers support; null: none. */
  readonly sdk: 'openai' | 'openai7' | null;
  /** Whether it asks the host that is no provider's. */
  readonly other?: boolean;
  /** How often `run` is called a round: about half a second. */
  readonly runs: number;
  readonly callsPerRun: number;
  /** Null where the answer is no stream. */
  readonly chunksPerCall: number | null;
  /** Rejects where the answer is not the right one. */
  readonly run: (client: Client) => Promise<void>;
}

/** What calls are made with. */
export interface Client {
  readonly origin: string;
  /** Perhaps wrapped by the variant. */
  readonly openai: OpenAI | null;
}

const MESSAGES = [{ role: 'user' as const, content: QUESTION }];
const ASK = JSON.stringify({ model: MODEL, messages: MESSAGES });
const ASK_STREAM = JSON.stringify({
  model: MODEL,
  messages: MESSAGES,
  stream: true,
  stream_options: { include_usage: true },
});
const FILE = new Uint8Array(UPLOAD_BYTES).fill(97);
const JSON_TYPE = { 'content-type': 'application/json' };
const BOUNDARY = 'bench-boundary';
const FORM_TYPE = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` };
const FORM = Buffer.concat([
  Buffer.from(
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="model"\r\n\r\ngpt-4o-transcribe\r\n` +
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n` +
      `Content-Type: audio/wav\r\n\r\n`,
  ),
  FILE,
  Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
]);
const agent = new http.Agent({ keepAlive: true });

function single(runs: number): Pick<Workload, 'runs' | 'callsPerRun' | 'chunksPerCall'> {
  return { runs, callsPerRun: 1, chunksPerCall: null };
}

function streams(runs: number): Pick<Workload, 'runs' | 'callsPerRun' | 'chunksPerCall'> {
  return { runs, callsPerRun: STREAMS_AT_A_TIME, chunksPerCall: STREAM_CHUNKS };
}

function concurrent(runs: number): Pick<Workload, 'runs' | 'callsPerRun' | 'chunksPerCall'> {
  return { runs, callsPerRun: CONCURRENT_STREAMS, chunksPerCall: SHORT_STREAM_CHUNKS };
}

function together(count: number, run: (client: Client) => Promise<void>): (client: Client) => Promise<void> {
  return async (client) => {
    await Promise.all(Array.from({ length: count }, () => run(client)));
  };
}

async function fetchJson({ origin }: Client): Promise<void> {
  const answer = await fetch(`${origin}/v1/chat/completions`, { method: 'POST', body: ASK, headers: JSON_TYPE });
  expectLength(await answer.text(), JSON_ANSWER.length);
}

const fetchStream = fetchChunks('stream', STREAM_CHUNKS);
const fetchShortStream = fetchChunks('short', SHORT_STREAM_CHUNKS);

function fetchChunks(path: string, chunks: number): (client: Client) => Promise<void> {
  const expected = streamAnswer(chunks).join('').length;
  return async ({ origin }) => {
    const url = `${origin}/${path}/chat/completions`;
    const answer = await fetch(url, { method: 'POST', body: ASK_STREAM, headers: JSON_TYPE });
    let length = 0;
    for await (const chunk of answer.body ?? []) length += (chunk as Uint8Array).length;
    if (length !== expected) throw new Error(`${length} bytes came instead of ${expected}`);
  };
}

async function fetchUpload({ origin }: Client): Promise<void> {
  const url = `${origin}/v1/audio/transcriptions`;
  const answer = await fetch(url, { method: 'POST', body: FORM, headers: FORM_TYPE });
  expectLength(await answer.text(), UPLOAD_ANSWER.length);
}

async function httpJson({ origin }: Client): Promise<void> {
  expectLength(await httpPost(`${origin}/v1/chat/completions`, ASK, JSON_TYPE), JSON_ANSWER.length);
}

const STREAM_LENGTH = streamAnswer(STREAM_CHUNKS).join('').length;

async function httpStream({ origin }: Client): Promise<void> {
  expectLength(await httpPost(`${origin}/stream/chat/completions`, ASK_STREAM, JSON_TYPE), STREAM_LENGTH);
}

async function httpUpload({ origin }: Client): Promise<void> {
  expectLength(await httpPost(`${origin}/v1/audio/transcriptions`, FORM, FORM_TYPE), UPLOAD_ANSWER.length);
}

function httpPost(url: string, body: string | Buffer, headers: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: 'POST', headers, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () => resolve(text));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function sdkJson({ openai }: Client): Promise<void> {
  const answer = await sdk(openai).chat.completions.create({ model: MODEL, messages: MESSAGES });
  if (answer.usage?.completion_tokens !== OUTPUT_TOKENS) throw new Error('the answer has no usage');
}

const sdkStream = sdkChunks('stream', STREAM_CHUNKS);
const sdkShortStream = sdkChunks('short', SHORT_STREAM_CHUNKS);

function sdkChunks(path: string, chunks: number): (client: Client) => Promise<void> {
  return async ({ openai }) => {
    const client = sdk(openai);
    client.baseURL = client.baseURL.replace(/\/\w+$/, `/${path}`);
    const stream = await client.chat.completions.create({
      model: MODEL,
      messages: MESSAGES,
      stream: true,
      stream_options: { include_usage: true },
    });
    let count = 0;
    for await (const chunk of stream) count += chunk.object === 'chat.completion.chunk' ? 1 : 0;
    // The end marker is none of them.
    if (count !== chunks - 1) throw new Error(`${count} chunks came instead of ${chunks - 1}`);
  };
}

async function sdkUpload({ openai }: Client): Promise<void> {
  const file = new File([FILE], 'a.wav', { type: 'audio/wav' });
  const answer = await sdk(openai).audio.transcriptions.create({ file, model: 'gpt-4o-transcribe' });
  expectLength(answer.text, (JSON.parse(UPLOAD_ANSWER) as { text: string }).text.length);
}

function sdk(openai: OpenAI | null): OpenAI {
  if (openai === null) throw new Error('this case needs an SDK');
  return openai;
}

function expectLength(text: string, expected: number): void {
  if (text.length !== expected) throw new Error(`${text.length} characters came instead of ${expected}`);
}

export const WORKLOADS: readonly Workload[] = [
  { ...single(800), name: 'fetch, JSON', sdk: null, run: fetchJson },
  { ...streams(2), name: 'fetch, 1,000 chunks', sdk: null, run: together(STREAMS_AT_A_TIME, fetchStream) },
  {
    ...concurrent(4),
    name: 'fetch, 64 streams of 100 chunks',
    sdk: null,
    run: together(CONCURRENT_STREAMS, fetchShortStream),
  },
  { ...single(30), name: 'fetch, 10 MB upload', sdk: null, run: fetchUpload },
  { ...single(800), name: 'fetch, JSON, no AI host', sdk: null, other: true, run: fetchJson },
  { ...single(800), name: 'node:http, JSON', sdk: null, run: httpJson },
  { ...streams(2), name: 'node:http, 1,000 chunks', sdk: null, run: together(STREAMS_AT_A_TIME, httpStream) },
  { ...single(30), name: 'node:http, 10 MB upload', sdk: null, run: httpUpload },
  { ...single(800), name: 'node:http, JSON, no AI host', sdk: null, other: true, run: httpJson },
  { ...single(600), name: 'openai 7, JSON', sdk: 'openai7', run: sdkJson },
  { ...streams(2), name: 'openai 7, 1,000 chunks', sdk: 'openai7', run: together(STREAMS_AT_A_TIME, sdkStream) },
  { ...single(600), name: 'openai 6, JSON', sdk: 'openai', run: sdkJson },
  { ...streams(2), name: 'openai 6, 1,000 chunks', sdk: 'openai', run: together(STREAMS_AT_A_TIME, sdkStream) },
  {
    ...concurrent(3),
    name: 'openai 6, 64 streams of 100 chunks',
    sdk: 'openai',
    run: together(CONCURRENT_STREAMS, sdkShortStream),
  },
  { ...single(20), name: 'openai 6, 10 MB upload', sdk: 'openai', run: sdkUpload },
];
