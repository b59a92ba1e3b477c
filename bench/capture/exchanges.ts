/** What is asked and answered in all cases: sizes and headers as OpenAI's API has them. */

const INPUT_TOKENS = 4711;
/** Odd on purpose: the sink looks for it to know whether a variant emitted usage. */
export const OUTPUT_TOKENS = 1213;
export const MODEL = 'gpt-4o-mini';
export const QUESTION = 'question '.repeat(50);

const USAGE = {
  prompt_tokens: INPUT_TOKENS,
  completion_tokens: OUTPUT_TOKENS,
  total_tokens: INPUT_TOKENS + OUTPUT_TOKENS,
  prompt_tokens_details: { cached_tokens: 1024, audio_tokens: 0 },
  completion_tokens_details: {
    reasoning_tokens: 0,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
};
const ID = 'chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT';
const ANSWERED_BY = { model: 'gpt-4o-mini-2024-07-18', service_tier: 'default', system_fingerprint: 'fp_50cad350e4' };

export const JSON_ANSWER = JSON.stringify({
  id: ID,
  object: 'chat.completion',
  created: 1_741_570_283,
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'word '.repeat(200), refusal: null, annotations: [] },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: USAGE,
  ...ANSWERED_BY,
});

export const UPLOAD_ANSWER = JSON.stringify({
  text: 'word '.repeat(200),
  usage: {
    type: 'tokens',
    input_tokens: INPUT_TOKENS,
    output_tokens: OUTPUT_TOKENS,
    total_tokens: INPUT_TOKENS + OUTPUT_TOKENS,
  },
});

const chunk = (choices: readonly object[], usage: object | null): string =>
  `data: ${JSON.stringify({
    id: ID,
    object: 'chat.completion.chunk',
    created: 1_741_570_283,
    ...ANSWERED_BY,
    choices,
    usage,
  })}\n\n`;

const WORD = chunk([{ index: 0, delta: { content: ' word' }, logprobs: null, finish_reason: null }], null);
const STOP = chunk([{ index: 0, delta: {}, logprobs: null, finish_reason: 'stop' }], null);

/** @returns the chunks of a stream: words, the reason to stop, the usage, the end. */
export function streamAnswer(chunks: number): readonly string[] {
  return [...Array.from({ length: chunks - 3 }, () => WORD), STOP, chunk([], USAGE), 'data: [DONE]\n\n'];
}

export const HEADERS: Readonly<Record<string, string>> = {
  'x-request-id': 'req_4f1c2a9be7d84c51a0b35d4d1d5bb0c9',
  'openai-organization': 'org-bench',
  'openai-processing-ms': '412',
  'openai-version': '2020-10-01',
  'x-ratelimit-limit-requests': '10000',
  'x-ratelimit-limit-tokens': '2000000',
  'x-ratelimit-remaining-requests': '9999',
  'x-ratelimit-remaining-tokens': '1999380',
  'x-ratelimit-reset-requests': '8.64s',
  'x-ratelimit-reset-tokens': '18ms',
  'strict-transport-security': 'max-age=31536000; includeSubDomains; preload',
  'cf-cache-status': 'DYNAMIC',
  'cf-ray': '91dc5d1f4b2fe5b1-FRA',
};

export const STREAM_CHUNKS = 1000;
export const CHUNK_EVERY_MS = 1;
/** So many side by side keep the client at work and leave it time to read each chunk apart. */
export const STREAMS_AT_A_TIME = 16;
/** Of each of the streams that run side by side. */
export const SHORT_STREAM_CHUNKS = 100;
export const SHORT_CHUNK_EVERY_MS = 5;
export const CONCURRENT_STREAMS = 64;
export const UPLOAD_BYTES = 10 * 1024 * 1024;
