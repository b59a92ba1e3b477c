/** Bodies to start from: the development corpus where it is, else a few written by hand from the documentation. */
import { defaultCorpusFile, readCorpus, requestBytes, responseBytes } from '../conformance/corpus.ts';

export interface Seed {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly responseHeaders: Readonly<Record<string, string>>;
  readonly request: Buffer;
  readonly response: Buffer;
}

export async function seeds(): Promise<{ readonly from: string; readonly seeds: readonly Seed[] }> {
  const file = defaultCorpusFile();
  if (file === null) return { from: 'hand-written bodies (no corpus here)', seeds: HAND_WRITTEN };
  const exchanges = (await readCorpus(file)).filter(({ url }) => new URL(url).hostname !== 'localhost');
  const fromCorpus = exchanges.map((exchange) => ({
    method: exchange.method,
    url: exchange.url,
    status: exchange.status,
    requestHeaders: exchange.request_headers,
    responseHeaders: exchange.response_headers,
    request: requestBytes(exchange),
    response: responseBytes(exchange),
  }));
  return { from: `${fromCorpus.length} recorded exchanges`, seeds: [...HAND_WRITTEN, ...fromCorpus] };
}

function seed(url: string, request: unknown, response: string, contentType = 'application/json'): Seed {
  return {
    method: 'POST',
    url,
    status: 200,
    requestHeaders: { 'content-type': 'application/json' },
    responseHeaders: {
      'content-type': contentType,
      'x-ratelimit-limit-requests': '500',
      'x-ratelimit-reset-requests': '120ms',
    },
    request: Buffer.from(JSON.stringify(request)),
    response: Buffer.from(response),
  };
}

const chatUsage = {
  prompt_tokens: 20,
  completion_tokens: 9,
  total_tokens: 29,
  prompt_tokens_details: { cached_tokens: 4 },
  completion_tokens_details: { reasoning_tokens: 3 },
};

const HAND_WRITTEN: readonly Seed[] = [
  seed(
    'https://api.openai.com/v1/chat/completions',
    { model: 'gpt-4o-mini', messages: [] },
    JSON.stringify({
      id: 'chatcmpl-1',
      model: 'gpt-4o-mini',
      choices: [{ index: 0, finish_reason: 'stop' }],
      usage: chatUsage,
    }),
  ),
  seed(
    'https://api.openai.com/v1/chat/completions',
    { model: 'gpt-4o-mini', stream: true, stream_options: { include_usage: true } },
    `data: {"id":"c","model":"gpt-4o-mini","choices":[{"index":0,"delta":{"content":"Hi"}}],"usage":null}\n\ndata: {"choices":[],"usage":${JSON.stringify(chatUsage)}}\n\ndata: [DONE]\n\n`,
    'text/event-stream',
  ),
  seed(
    'https://api.anthropic.com/v1/messages',
    { model: 'claude-haiku-4-5', max_tokens: 10 },
    'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_1","model":"claude-haiku-4-5","usage":{"input_tokens":15,"cache_creation_input_tokens":200,"cache_read_input_tokens":1000,"output_tokens":1}}}\n\nevent: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":12}}\n\n',
    'text/event-stream',
  ),
  seed(
    'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent',
    { contents: [] },
    JSON.stringify({
      candidates: [{ finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 1, thoughtsTokenCount: 191, totalTokenCount: 201 },
      modelVersion: 'gemini-2.5-flash',
    }),
  ),
];
