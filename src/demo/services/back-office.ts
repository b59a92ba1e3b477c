/**
 * Plain `fetch`, no package at all, against OpenRouter; and a request to a host that is no AI provider. The one service
 * that names its callers with wiretally's own function.
 */
import { withUsageContext } from '@wiretally/instrumentation';
import { API_KEY, serve, simulatorUrl } from './serve.ts';

async function post(headers: Record<string, string>, body: unknown): Promise<Response> {
  const answer = await fetch(`${simulatorUrl}/openrouter/api/v1/chat/completions`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', authorization: `Bearer ${API_KEY}` },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`OpenRouter answered ${answer.status}`);
  return answer;
}

const messages = [{ role: 'user', content: 'Sort this invoice.' }];

await serve(
  [
    {
      scenario: 'openrouter-chat',
      call: async (headers) => {
        const answer = await post(headers, { model: 'openai/gpt-4o-mini', messages });
        const body = (await answer.json()) as { choices: { message: { content: string } }[] };
        return body.choices[0]?.message.content;
      },
    },
    {
      scenario: 'openrouter-stream',
      call: async (headers) => {
        const answer = await post(headers, { model: 'anthropic/claude-sonnet-4.5', messages, stream: true });
        return (await answer.text()).length;
      },
    },
    {
      scenario: 'openrouter-rate-limited',
      call: async (headers) => {
        const weather = await fetch(`${simulatorUrl}/weather`);
        await weather.text();
        await post(headers, { model: 'openai/gpt-4o-mini', messages });
        return undefined;
      },
    },
  ],
  (caller, work) =>
    withUsageContext(
      { user: caller.user, chat: caller.chat, session: caller.session, tags: { team: caller.team } },
      work,
    ),
);
