/** Ollama and llama.cpp in their own words. */
import { describe, expect, it } from 'vitest';
import { ndjson, reading } from '../reader/exchange.fixture.ts';

describe('servers of one’s own', () => {
  it('Ollama states counts in the object that is done', () => {
    const url = 'http://localhost:11434/api/chat';
    const done = {
      model: 'llama3.2',
      done: true,
      done_reason: 'stop',
      prompt_eval_count: 26,
      eval_count: 298,
      eval_duration: 5,
    };
    expect(
      reading({
        url,
        request: { model: 'llama3.2' },
        answer: ndjson({ model: 'llama3.2', done: false, message: {} }, done),
      }),
    ).toMatchObject({
      provider: 'ollama',
      streamed: true,
      tokens: { input: 26, output: 298 },
      finishReasons: ['stop'],
      usageSource: 'stream-final',
    });
    expect(
      reading({ url, request: { stream: false }, answer: { ...done, prompt_eval_count: undefined } }),
    ).toMatchObject({ tokens: { input: null, output: 298 }, usageSource: 'body' });
    expect(
      reading({
        url: 'http://localhost:11434/api/embed',
        answer: { model: 'm', embeddings: [], prompt_eval_count: 8 },
      }),
    ).toMatchObject({ operation: 'embeddings', tokens: { input: 8 } });
  });

  it('a stream of Ollama that is left after its first line was aborted', () => {
    expect(
      reading({
        url: 'http://localhost:11434/api/chat',
        request: { model: 'llama3.2', stream: true },
        answer: ndjson({ model: 'llama3.2', done: false, message: {} }),
        complete: false,
        failure: { class: 'aborted', code: null },
      }),
    ).toMatchObject({ errorClass: 'aborted', usageSource: 'missing', usageMissingReason: 'aborted' });
  });

  it('llama.cpp’s own completion', () => {
    const found = reading({
      url: 'http://llm.internal/completion',
      hosts: { 'llm.internal': 'llama.cpp' },
      answer: { content: 'x', stop: true, stop_type: 'eos', tokens_evaluated: 9, tokens_predicted: 4 },
    });
    expect(found).toMatchObject({
      operation: 'text_completion',
      tokens: { input: 9, output: 4 },
      finishReasons: ['eos'],
    });
  });
});

it('llama.cpp’s slot holds more than what its cache spared', () => {
  const found = reading({
    url: 'http://llm:8080/completion',
    hosts: { 'llm:8080': 'llama.cpp' },
    answer: {
      stop: true,
      stop_type: 'eos',
      tokens_evaluated: 10,
      tokens_predicted: 1,
      tokens_cached: 10,
      timings: { cache_n: 3, prompt_n: 7 },
    },
  });
  expect(found.tokens).toMatchObject({ input: 10, output: 1, cacheRead: 3 });
});
