import { expect, it } from 'vitest';
import { createHostMap, readExchange, wholeBody } from '../index.ts';
import type { Reading } from '../index.ts';

const hosts = createHostMap({ hosts: { 'ai.test': 'openai' } });

const CHUNK = 'data: {"id":"c1","model":"gpt-4o","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n';
const USAGE = 'data: {"id":"c1","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4,"total_tokens":13}}\n\n';
const END = 'data: [DONE]\n\n';

/** The client cancelled the answer after this much of it. */
function cancelledAfter(text: string, includeUsage: boolean): Reading {
  const body = wholeBody(text, false);
  const request = {
    model: 'gpt-4o',
    stream: true,
    ...(includeUsage ? { stream_options: { include_usage: true } } : {}),
  };
  const reading = readExchange(
    {
      request: {
        method: 'POST',
        url: 'https://ai.test/v1/chat/completions',
        headers: { 'content-type': 'application/json' },
        body: wholeBody(JSON.stringify(request)),
      },
      response: { status: 200, headers: { 'content-type': 'text/event-stream' }, body },
      failure: { class: 'aborted', code: null },
    },
    { hosts },
  );
  if (reading === null) throw new Error('the host is mapped');
  return reading;
}

it('takes a stream whose end marker was seen as whole, though the client did not wait for the connection', () => {
  expect(cancelledAfter(CHUNK + USAGE + END, true)).toMatchObject({
    errorType: null,
    errorClass: null,
    usageSource: 'stream-final',
    tokens: { input: 9, output: 4 },
  });
  expect(cancelledAfter(CHUNK + END, false)).toMatchObject({ errorType: null, usageMissingReason: 'not-requested' });
});

it('takes a stream that was cancelled before its end as aborted', () => {
  expect(cancelledAfter(CHUNK, true)).toMatchObject({
    errorType: 'aborted',
    errorClass: 'aborted',
    usageSource: 'missing',
    usageMissingReason: 'aborted',
  });
});
