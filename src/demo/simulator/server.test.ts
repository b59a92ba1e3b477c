import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator } from './server.ts';
import type { Simulator } from './server.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ port: 0, chunkDelayMs: 1 });
});
afterAll(() => simulator.close());

function post(path: string, scenario: string, body: unknown): Promise<Response> {
  return fetch(`${simulator.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-demo-scenario': scenario },
    body: JSON.stringify(body),
  });
}

const chunksOf = (text: string): unknown[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice(6)) as unknown);

describe('the provider simulator', () => {
  it('states usage on an OpenAI stream only where the request asks for it', async () => {
    const path = '/openai/v1/chat/completions';
    const asked = await post(path, 'openai-chat-stream', { stream: true, stream_options: { include_usage: true } });
    const silent = await post(path, 'openai-chat-stream-without-usage', { stream: true });

    const withUsage = chunksOf(await asked.text());
    expect(withUsage.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 2048 } });
    expect(withUsage[0]).toMatchObject({ usage: null });
    for (const chunk of chunksOf(await silent.text())) expect(chunk).not.toHaveProperty('usage');
  });

  it('states the usage of a Groq stream twice, as Groq does', async () => {
    const answer = await post('/groq/openai/v1/chat/completions', 'groq-stream-usage-twice', {
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = chunksOf(await answer.text());
    expect(chunks.at(-2)).toMatchObject({ x_groq: { usage: { prompt_tokens: 400 } } });
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 400 } });
  });

  it('gives the final output tokens of an Anthropic stream in message_delta only', async () => {
    const answer = await post('/anthropic/v1/messages', 'anthropic-message-stream', { stream: true });
    const events = chunksOf(await answer.text());
    expect(events[0]).toMatchObject({ type: 'message_start', message: { usage: { output_tokens: 1 } } });
    expect(events.at(-2)).toMatchObject({ type: 'message_delta', usage: { output_tokens: 350 } });
  });

  it('sends the six limit headers of Cerebras, resets in seconds', async () => {
    const answer = await post('/cerebras/v1/chat/completions', 'cerebras-chat', {});
    for (const window of ['requests-day', 'tokens-minute']) {
      for (const kind of ['limit', 'remaining', 'reset'])
        expect(Number(answer.headers.get(`x-ratelimit-${kind}-${window}`))).toBeGreaterThan(0);
    }
  });

  it('compresses where the scenario says so and the client can read it', async () => {
    const answer = await post(
      '/gemini/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse',
      'gemini-stream',
      {},
    );
    expect(answer.headers.get('content-encoding')).toBe('gzip');
    expect(await answer.text()).toContain('"candidatesTokenCount":200');
  });

  it('cuts the socket in the middle of a stream', async () => {
    const answer = await post('/openai/v1/chat/completions', 'openai-chat-cut', { stream: true });
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow('terminated');
  });

  it('refuses first and answers then, where a scenario has two attempts', async () => {
    const first = await post('/openai/v1/chat/completions', 'openai-chat-retried', {});
    const second = await post('/openai/v1/chat/completions', 'openai-chat-retried', {});
    expect([first.status, second.status]).toEqual([429, 200]);
    expect(first.headers.get('retry-after')).toBe('1');
  });

  it('says at the second poll of a Veo operation that it is done', async () => {
    const started = await post(
      '/gemini/v1beta/models/veo-3.0-generate-001:predictLongRunning',
      'veo-eight-seconds',
      {},
    );
    const { name } = (await started.json()) as { name: string };
    const poll = async (): Promise<unknown> => (await fetch(`${simulator.url}/gemini/v1beta/${name}`)).json();
    expect(await poll()).not.toHaveProperty('done');
    expect(await poll()).toHaveProperty('done', true);
  });

  it('answers a request without a scenario by its provider and model', async () => {
    const answer = await fetch(`${simulator.url}/groq/openai/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'llama-3.3-70b-versatile', messages: [] }),
    });
    expect(await answer.json()).toMatchObject({ usage: { prompt_tokens: 500 } });
  });

  it('counts what it served, with exact sums of money, and other requests apart', async () => {
    const fresh = await startSimulator({ port: 0, chunkDelayMs: 1 });
    for (let call = 0; call < 3; call++) {
      await fetch(`${fresh.url}/openai/v1/chat/completions`, {
        method: 'POST',
        headers: { 'x-demo-scenario': 'openai-chat' },
        body: '{}',
      });
    }
    await fetch(`${fresh.url}/weather`);
    const served: unknown = await (await fetch(`${fresh.url}/served`)).json();
    await fresh.close();
    expect(served).toMatchObject({
      calls: 3,
      notAi: 1,
      costUsd: '0.0006606',
      models: [{ provider: 'openai', model: 'gpt-4o-mini', calls: 3, failed: 0, totalTokens: 2928 }],
    });
  });

  it('names the variable to set where its port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    await expect(startSimulator({ port })).rejects.toThrow(/the port is in use.*WIRETALLY_SIMULATOR_PORT/);
    other.close();
  });
});
