/** Reads contracts on the `@anthropic-ai/sdk` package; its users are named in the request's own field. */
import Anthropic from '@anthropic-ai/sdk';
import { API_KEY, serve, simulatorUrl } from './serve.ts';

const client = new Anthropic({ apiKey: API_KEY, baseURL: `${simulatorUrl}/anthropic` });
const messages = [{ role: 'user' as const, content: 'Summarize this contract.' }];
const textOf = (answer: Anthropic.Message): string =>
  answer.content.map((block) => (block.type === 'text' ? block.text : '')).join('');

await serve(
  [
    {
      scenario: 'anthropic-message',
      call: async (headers, { user }) =>
        textOf(
          await client.messages.create(
            { model: 'claude-sonnet-4-6', max_tokens: 1024, messages, metadata: { user_id: user } },
            { headers },
          ),
        ),
    },
    {
      scenario: 'anthropic-message-stream',
      call: async (headers, { user }) => {
        const stream = client.messages.stream(
          { model: 'claude-haiku-4-5', max_tokens: 1024, messages, metadata: { user_id: user } },
          { headers },
        );
        return textOf(await stream.finalMessage());
      },
    },
    {
      scenario: 'anthropic-overloaded-retried',
      call: async (headers, { user }) =>
        textOf(
          await client.messages.create(
            { model: 'claude-haiku-4-5', max_tokens: 256, messages, metadata: { user_id: user } },
            { headers },
          ),
        ),
    },
    {
      scenario: 'anthropic-stream-error',
      call: async (headers, { user }) => {
        const stream = client.messages.stream(
          { model: 'claude-haiku-4-5', max_tokens: 1024, messages, metadata: { user_id: user } },
          { headers, maxRetries: 0 },
        );
        return textOf(await stream.finalMessage());
      },
    },
  ],
  // No baggage here: the provider's own field is all that says who calls.
  (_caller, work) => work(),
);
