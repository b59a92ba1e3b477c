/** A support chat on the `openai` package: chat, responses, embeddings, images; retries are the package's own. */
import OpenAI from 'openai';
import { API_KEY, serve, simulatorUrl } from './serve.ts';

const client = new OpenAI({ apiKey: API_KEY, baseURL: `${simulatorUrl}/openai/v1` });
const messages = [{ role: 'user' as const, content: 'Where is my parcel?' }];

await serve([
  {
    scenario: 'openai-chat',
    call: async (headers, { user }) => {
      const answer = await client.chat.completions.create({ model: 'gpt-4o-mini', messages, user }, { headers });
      return answer.choices[0]?.message.content ?? undefined;
    },
  },
  {
    scenario: 'openai-chat-stream',
    call: async (headers) => {
      const stream = await client.chat.completions.create(
        { model: 'gpt-4o-mini', messages, stream: true, stream_options: { include_usage: true } },
        { headers },
      );
      let text = '';
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
      return text;
    },
  },
  {
    scenario: 'openai-chat-stream-without-usage',
    call: async (headers) => {
      const stream = await client.chat.completions.create({ model: 'gpt-4o', messages, stream: true }, { headers });
      let text = '';
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
      return text;
    },
  },
  {
    scenario: 'openai-chat-retried',
    call: async (headers) => {
      const answer = await client.chat.completions.create({ model: 'gpt-4o', messages }, { headers });
      return answer.choices[0]?.message.content ?? undefined;
    },
  },
  {
    scenario: 'openai-chat-cut',
    call: async (headers) => {
      const stream = await client.chat.completions.create(
        { model: 'gpt-4o-mini', messages, stream: true, stream_options: { include_usage: true } },
        { headers, maxRetries: 0 },
      );
      let text = '';
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
      return text;
    },
  },
  {
    scenario: 'openai-chat-unauthorized',
    call: async (headers) => {
      const answer = await client.chat.completions.create({ model: 'gpt-4o-mini', messages }, { headers });
      return answer.choices[0]?.message.content ?? undefined;
    },
  },
  {
    scenario: 'openai-chat-unpriced',
    call: async (headers) => {
      const answer = await client.chat.completions.create({ model: 'aurora-preview', messages }, { headers });
      return answer.choices[0]?.message.content ?? undefined;
    },
  },
  {
    scenario: 'openai-responses',
    call: async (headers) => {
      const answer = await client.responses.create({ model: 'gpt-5-mini', input: 'Where is my parcel?' }, { headers });
      return answer.output_text;
    },
  },
  {
    scenario: 'openai-responses-stream',
    call: async (headers) => {
      const stream = await client.responses.create(
        { model: 'gpt-4.1-mini', input: 'Where is my parcel?', stream: true },
        { headers },
      );
      let text = '';
      for await (const event of stream) if (event.type === 'response.output_text.delta') text += event.delta;
      return text;
    },
  },
  {
    scenario: 'openai-embeddings',
    call: async (headers) => {
      const answer = await client.embeddings.create(
        { model: 'text-embedding-3-small', input: ['parcel', 'depot'] },
        { headers },
      );
      return answer.data[0]?.embedding.length;
    },
  },
  {
    scenario: 'openai-image',
    call: async (headers) => {
      const answer = await client.images.generate({ model: 'gpt-image-1', prompt: 'A parcel at a depot' }, { headers });
      return answer.data?.length;
    },
  },
]);
