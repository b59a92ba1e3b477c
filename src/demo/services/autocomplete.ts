/** Completes what somebody types, on the `@cerebras/cerebras_cloud_sdk` package. */
// In Node the package brings node-fetch (the `http` module) unless it is told to use the platform's own `fetch`.
import '@cerebras/cerebras_cloud_sdk/shims/web';
import { Cerebras } from '@cerebras/cerebras_cloud_sdk';
import { API_KEY, serve, simulatorUrl } from './serve.ts';

const client = new Cerebras({
  apiKey: API_KEY,
  baseURL: `${simulatorUrl}/cerebras`,
  // Else it sends requests ahead of the first call, only to open a connection.
  warmTCPConnection: false,
});
const messages = [{ role: 'user' as const, content: 'Dear customer,' }];

await serve([
  {
    scenario: 'cerebras-chat',
    call: async (headers) => {
      const answer = await client.chat.completions.create({ model: 'gpt-oss-120b', messages }, { headers });
      return 'choices' in answer ? (answer.choices as { message: { content: string } }[])[0]?.message.content : '';
    },
  },
  {
    scenario: 'cerebras-stream',
    call: async (headers) => {
      const stream = await client.chat.completions.create(
        { model: 'llama3.1-8b', messages, stream: true },
        { headers },
      );
      let text = '';
      for await (const chunk of stream)
        text += (chunk as { choices?: { delta: { content?: string } }[] }).choices?.[0]?.delta.content ?? '';
      return text;
    },
  },
  {
    scenario: 'cerebras-rate-limited',
    call: async (headers) => {
      await client.chat.completions.create({ model: 'gpt-oss-120b', messages }, { headers, maxRetries: 0 });
      return undefined;
    },
  },
]);
