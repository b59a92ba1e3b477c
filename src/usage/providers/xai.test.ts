import { describe, expect, it } from 'vitest';
import { reading } from '../reader/exchange.fixture.ts';

const USAGE = { prompt_tokens: 5, completion_tokens: 6, total_tokens: 11 };

describe('xAI', () => {
  const url = 'https://api.x.ai/v1';

  it('adds reasoning also where there is no total, but not twice', () => {
    const chat = (usage: object) =>
      reading({ url: `${url}/chat/completions`, answer: { id: 'c', choices: [], usage } }).tokens.output;
    const details = { completion_tokens_details: { reasoning_tokens: 4 } };
    expect(chat({ prompt_tokens: 5, completion_tokens: 6, ...details })).toBe(10);
    expect(chat({ ...USAGE, ...details })).toBe(6);
    expect(chat({ ...USAGE, total_tokens: 15, ...details })).toBe(10);
  });

  it('counts reasoning within the output of responses, and its tools', () => {
    const found = reading({
      url: `${url}/responses`,
      answer: {
        id: 'r',
        status: 'completed',
        usage: {
          input_tokens: 5,
          output_tokens: 6,
          total_tokens: 11,
          output_tokens_details: { reasoning_tokens: 4 },
          cost_in_usd_ticks: 12_345_678_901,
          server_side_tool_usage_details: { web_search_calls: 2, x_search_calls: 1, mcp_calls: 1 },
        },
      },
    });
    expect(found).toMatchObject({
      tokens: { output: 6, reasoning: 4 },
      costReportedUsd: '1.2345678901',
      units: { searches: 3, tool_calls: 1 },
    });
  });

  it('refuses with a text for an error', () => {
    expect(
      reading({
        url: `${url}/chat/completions`,
        status: 400,
        answer: { code: 'invalid-argument', error: 'The model x does not exist' },
      }),
    ).toMatchObject({ errorType: 'invalid-argument', errorClass: 'invalid_request' });
  });

  it('defers', () => {
    expect(reading({ url: `${url}/chat/completions`, answer: { request_id: 'd-1' } })).toMatchObject({
      responseId: 'd-1',
      usageMissingReason: 'pending',
    });
    expect(
      reading({
        method: 'GET',
        url: `${url}/chat/deferred-completion/d-1`,
        answer: { id: 'd-1', choices: [], usage: USAGE },
      }),
    ).toMatchObject({ kind: 'restated', tokens: { input: 5 } });
  });
});
