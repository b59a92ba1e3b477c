/** Chat completions as OpenAI defined them and Groq, Cerebras and OpenRouter speak them, each with its differences. */
import { json, eventStream, sse, TEXT, WORDS } from './wire.ts';
import type { Answer, GoodReply, SimulatedRequest } from './wire.ts';

export interface ChatDialect {
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Keys beside `choices` on every body and chunk (`provider`, `service_tier`, …). */
  readonly common?: Readonly<Record<string, unknown>>;
  /** More keys of the body that is not streamed. */
  readonly whole?: Readonly<Record<string, unknown>>;
  /** More keys of the first chunk. */
  readonly firstChunk?: Readonly<Record<string, unknown>>;
  /** More keys of the chunk with the finish reason; providers that always state usage put it here. */
  readonly finishChunk?: Readonly<Record<string, unknown>>;
  /** Where the request asks for usage: `usage: null` on every chunk, then one chunk without choices. */
  readonly usageChunk?: Readonly<Record<string, unknown>> | null;
  readonly nullUsageOnChunks?: boolean;
  /** Before the first chunk, e.g. a comment that keeps proxies awake. */
  readonly preamble?: string;
  readonly errorEvent: string;
}

export function wantsUsage(request: SimulatedRequest): boolean {
  const options = request.body['stream_options'];
  return (
    typeof options === 'object' && options !== null && 'include_usage' in options && options.include_usage === true
  );
}

export function chatCompletion(request: SimulatedRequest, reply: GoodReply, dialect: ChatDialect): Answer {
  const created = Math.floor(Date.now() / 1000);
  if (request.body['stream'] !== true) {
    return json(
      200,
      {
        id: dialect.id,
        object: 'chat.completion',
        created,
        model: reply.model,
        ...dialect.common,
        choices: [
          {
            index: 0,
            message: { role: 'assistant', content: TEXT, refusal: null },
            logprobs: null,
            finish_reason: 'stop',
          },
        ],
        usage: reply.usage,
        ...dialect.whole,
      },
      dialect.headers,
    );
  }

  const nullUsage = dialect.nullUsageOnChunks === true ? { usage: null } : {};
  const head = { id: dialect.id, object: 'chat.completion.chunk', created, model: reply.model, ...dialect.common };
  const chunk = (delta: unknown, finish: string | null, extra: Readonly<Record<string, unknown>> = {}): string =>
    sse({ ...head, choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }], ...nullUsage, ...extra });

  const events = [
    `${dialect.preamble ?? ''}${chunk({ role: 'assistant', content: '' }, null, dialect.firstChunk)}`,
    ...WORDS.map((content) => chunk({ content }, null)),
    chunk({}, 'stop', dialect.finishChunk),
  ];
  if (dialect.usageChunk !== undefined && dialect.usageChunk !== null)
    events.push(sse({ ...head, choices: [], ...dialect.usageChunk }));
  events.push('data: [DONE]\n\n');
  return eventStream({ events, headers: dialect.headers, reply, errorEvent: dialect.errorEvent });
}

export interface OpenaiError {
  readonly status: number;
  readonly message: string;
  readonly type: string;
  readonly code: string | null;
}

/** `{"error":{"message","type","param","code"}}`, the shape that most providers took over. */
export function openaiError(error: OpenaiError, headers: Readonly<Record<string, string>>): Answer {
  const { status, message, type, code } = error;
  return json(status, { error: { message, type, param: null, code } }, headers);
}
