import { describe, expect, it } from 'vitest';
import { reading } from '../reader/exchange.fixture.ts';

const USAGE = { prompt_tokens: 5, completion_tokens: 6, total_tokens: 11 };

describe('Mistral', () => {
  const url = 'https://api.mistral.ai/v1';

  it('counts cached tokens under two names', () => {
    expect(
      reading({
        url: `${url}/chat/completions`,
        headers: { 'mistral-correlation-id': 'k1' },
        answer: { id: 'c', choices: [], usage: { ...USAGE, num_cached_tokens: 3, prompt_token_details: null } },
      }),
    ).toMatchObject({ provider: 'mistral_ai', requestId: 'k1', tokens: { cacheRead: 3 } });
    expect(
      reading({
        url: `${url}/fim/completions`,
        answer: { id: 'c', choices: [], usage: { ...USAGE, prompt_tokens_details: { cached_tokens: 2 } } },
      }),
    ).toMatchObject({ operation: 'text_completion', tokens: { cacheRead: 2 } });
  });

  it('bills OCR by pages, transcription by seconds, conversations with what connectors read', () => {
    expect(
      reading({
        url: `${url}/ocr`,
        answer: { model: 'mistral-ocr', pages: [], usage_info: { pages_processed: 3, doc_size_bytes: 9 } },
      }),
    ).toMatchObject({ operation: 'ocr', units: { pages: 3 }, usageSource: 'body' });
    expect(
      reading({
        url: `${url}/audio/transcriptions`,
        answer: { model: 'voxtral', text: 'x', usage: { ...USAGE, prompt_audio_seconds: 12 } },
      }),
    ).toMatchObject({ units: { audio_seconds: 12 }, tokens: { input: 5 } });
    const found = reading({
      url: `${url}/conversations`,
      answer: {
        conversation_id: 'conv_1',
        usage: {
          prompt_tokens: 188,
          completion_tokens: 55,
          total_tokens: 7355,
          connector_tokens: 7112,
          connectors: { web_search: 2, code_interpreter: 1 },
        },
      },
    });
    expect(found).toMatchObject({
      responseId: 'conv_1',
      tokens: { input: 7300, output: 55, total: 7355 },
      units: { searches: 2, tool_calls: 1 },
    });
  });

  it('refuses flatly', () => {
    expect(
      reading({
        url: `${url}/chat/completions`,
        status: 429,
        answer: {
          object: 'error',
          message: 'Rate limit exceeded',
          type: 'rate_limited',
          param: null,
          code: '1300',
          raw_status_code: 429,
        },
      }),
    ).toMatchObject({ errorType: 'rate_limited', errorClass: 'rate_limit' });
  });
});

it('Mistral bills audio within a chat by its length, and a full tier is no limit of the user’s', () => {
  const chat = (answer: unknown, status = 200) =>
    reading({
      url: 'https://api.mistral.ai/v1/chat/completions',
      request: { model: 'voxtral-small-latest' },
      status,
      answer,
    });
  const usage = { prompt_tokens: 4, completion_tokens: 8, total_tokens: 12, prompt_audio_seconds: 7 };
  expect(chat({ id: 'x', model: 'voxtral-small-latest', choices: [], usage })).toMatchObject({
    tokens: { input: 4, output: 8 },
    units: { audio_seconds: 7 },
  });
  const full = { object: 'error', message: 'm', type: 'service_tier_capacity_exceeded', param: null, code: '3505' };
  expect(chat(full, 429)).toMatchObject({ errorType: 'service_tier_capacity_exceeded', errorClass: 'overloaded' });
});
