import { amount, count, identifier, object, sumKnown, wholeObject } from '../body/fields.ts';
import type { JsonObject } from '../body/fields.ts';
import { batchJob } from '../dialects/batch-job.ts';
import { openaiChat } from '../dialects/openai-chat.ts';
import type { OpenaiChatOptions } from '../dialects/openai-chat.ts';
import { get, openaiOperations, post } from '../dialects/openai-operations.ts';
import { rateLimitFamily } from '../limits.ts';
import { defineProvider } from '../reader/define-provider.ts';
import { mergeUsage } from '../reader/findings.ts';
import type { Dialect, Findings } from '../reader/findings.ts';
import type { Provider } from './provider.ts';

/** Audio within a chat is billed by its length, beside the tokens. */
const CHAT: OpenaiChatOptions = { streamUsage: 'always', also: noteAudio };
const chat = openaiChat(CHAT);

/** Conversations: what connectors fed to the model stands beside the prompt; each connector's calls are counted. */
const conversation: Dialect = {
  wants: /"usage"|conversation\.response\.(?:started|done|error)|"error"/,
  start: (_call, found) => ({
    observe(part) {
      found.responseId = identifier(part['conversation_id']) ?? found.responseId;
      found.responseModel = identifier(part['model']) ?? found.responseModel;
      const usage = wholeObject(part['usage']);
      if (usage === null) return;
      mergeUsage(found, usage);
      found.usageIsFinal = true;
    },
    conclude() {
      if (found.usage !== null) noteConversation(found.usage, found);
    },
  }),
};

function noteConversation(usage: JsonObject, found: Findings): void {
  found.tokens = {
    input: sumKnown(count(usage['prompt_tokens']), count(usage['connector_tokens'])),
    output: count(usage['completion_tokens']),
    total: count(usage['total_tokens']),
  };
  const connectors = object(usage['connectors']);
  if (connectors === null) return;
  let searches = 0;
  let others = 0;
  for (const name of Object.keys(connectors).slice(0, 64)) {
    const calls = count(connectors[name]) ?? 0;
    if (name.startsWith('web_search')) searches += calls;
    else others += calls;
  }
  if (searches > 0) found.units.searches = searches;
  if (others > 0) found.units.tool_calls = others;
}

/** Pages are billed. */
const ocr: Dialect = {
  wants: null,
  start: (_call, found) => ({
    observe(part) {
      found.responseModel = identifier(part['model']) ?? found.responseModel;
      const pages = count(object(part['usage_info'])?.['pages_processed']);
      if (pages !== null) found.units.pages = pages;
    },
  }),
};

export const mistral = defineProvider({
  name: 'mistral_ai',
  shortName: 'mistral',
  displayName: 'Mistral',
  hosts: ['api.mistral.ai', 'codestral.mistral.ai'],
  report: { status: 'green', note: 'usage is in each answer', link: 'https://admin.mistral.ai' },
  operations: [
    post(/\/agents\/completions$/, 'chat', 'text', chat),
    post(/\/fim\/completions$/, 'text_completion', 'text', chat),
    post(/\/conversations(?:\/[^/#]+)?(?:\/restart)?$/, 'chat', 'text', conversation),
    post(/\/ocr$/, 'ocr', 'other', ocr),
    // Not free here: tokens are stated.
    post(/\/moderations$/, 'moderation', 'moderation', chat),
    post(/\/classifications$/, 'other', 'text', chat),
    post(/\/batch\/jobs$/, 'batch', 'text', batchJob),
    { ...get(/\/batch\/jobs\/[^/]+$/, batchJob), operation: 'batch' },
    ...openaiOperations({ chat: CHAT, media: noteAudio }),
  ],
  requestIdHeaders: ['mistral-correlation-id', 'x-kong-request-id', 'x-request-id'],
  limits: [
    // 2026
    rateLimitFamily('requests', 'minute', 'req-minute'),
    rateLimitFamily('tokens', 'minute', 'tokens-minute'),
    // 2025
    rateLimitFamily('requests', '10s', 'req-10-second'),
    rateLimitFamily('tokens', 'month', 'tokens-month'),
    rateLimitFamily('requests', 'second', 'req-second'),
    // before
    rateLimitFamily('tokens', 'minute', 'minute', 'x-ratelimitbysize'),
    rateLimitFamily('tokens', 'month', 'month', 'x-ratelimitbysize'),
    rateLimitFamily('tokens', 'minute', '', 'ratelimitbysize'),
  ],
}) satisfies Provider;

function noteAudio(part: JsonObject, found: Findings): void {
  const seconds = amount(object(part['usage'])?.['prompt_audio_seconds']);
  if (seconds !== null) found.units.audio_seconds = seconds;
}
