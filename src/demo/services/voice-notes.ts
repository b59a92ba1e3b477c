/** Tidies voice notes on the `groq-sdk` package. */
import Groq from 'groq-sdk';
import { API_KEY, serve, simulatorUrl } from './serve.ts';

const client = new Groq({ apiKey: API_KEY, baseURL: `${simulatorUrl}/groq` });
const messages = [{ role: 'user' as const, content: 'Tidy up this note.' }];

/** The API takes it; the package's types do not have it. */
const WITH_USAGE = { stream_options: { include_usage: true } };

await serve([
  {
    scenario: 'groq-chat',
    call: async (headers) => {
      const answer = await client.chat.completions.create({ model: 'llama-3.3-70b-versatile', messages }, { headers });
      return answer.choices[0]?.message.content ?? undefined;
    },
  },
  {
    scenario: 'groq-stream-usage-twice',
    call: async (headers) => {
      const stream = await client.chat.completions.create(
        { model: 'openai/gpt-oss-20b', messages, stream: true, ...WITH_USAGE },
        { headers },
      );
      let text = '';
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
      return text;
    },
  },
  {
    scenario: 'groq-server-error-retried',
    call: async (headers) => {
      const answer = await client.chat.completions.create({ model: 'openai/gpt-oss-120b', messages }, { headers });
      return answer.choices[0]?.message.content ?? undefined;
    },
  },
]);
