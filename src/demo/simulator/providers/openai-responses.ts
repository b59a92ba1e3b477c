/** OpenAI's Responses API: one object, or typed events of which the last carries the usage. */
import { identifier } from '../identifiers.ts';
import { eventStream, json, sse, TEXT, WORDS } from '../wire.ts';
import type { Answer, GoodReply, SimulatedRequest } from '../wire.ts';

export function openaiResponse(
  request: SimulatedRequest,
  reply: GoodReply,
  headers: Readonly<Record<string, string>>,
): Answer {
  const message = {
    id: identifier('msg_'),
    type: 'message',
    status: 'completed',
    role: 'assistant',
    content: [{ type: 'output_text', text: TEXT, annotations: [], logprobs: [] }],
  };
  const opened = {
    id: identifier('resp_'),
    object: 'response',
    created_at: Math.floor(Date.now() / 1000),
    status: 'in_progress',
    background: false,
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: null,
    metadata: {},
    model: reply.model,
    output: [] as unknown[],
    parallel_tool_calls: true,
    previous_response_id: null,
    // The tier asked for; the last event says which one served.
    service_tier: 'auto',
    store: true,
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    truncation: 'disabled',
    usage: null as unknown,
    user: null,
  };
  const done = { ...opened, status: 'completed', service_tier: 'default', output: [message], usage: reply.usage };
  if (request.body['stream'] !== true) return json(200, done, headers);

  let sequence = 0;
  const event = (type: string, fields: Readonly<Record<string, unknown>>): string =>
    sse({ type, sequence_number: sequence++, ...fields }, type);
  const part = { item_id: message.id, output_index: 0, content_index: 0 };
  const events = [
    event('response.created', { response: opened }),
    event('response.in_progress', { response: opened }),
    event('response.output_item.added', {
      output_index: 0,
      item: { ...message, status: 'in_progress', content: [] },
    }),
    event('response.content_part.added', { ...part, part: { ...message.content[0], text: '' } }),
    ...WORDS.map((delta) => event('response.output_text.delta', { ...part, delta, logprobs: [] })),
    event('response.output_text.done', { ...part, text: TEXT, logprobs: [] }),
    event('response.content_part.done', { ...part, part: message.content[0] }),
    event('response.output_item.done', { output_index: 0, item: message }),
    event('response.completed', { response: done }),
  ];
  return eventStream({
    events,
    headers,
    reply,
    errorEvent: sse({ type: 'error', code: 'server_error', message: 'The server had an error.', param: null }, 'error'),
  });
}
