import { count, identifier, object, sumKnown } from '../body/fields.ts';
import type { JsonObject } from '../body/fields.ts';
import { anthropicOperations } from '../dialects/anthropic-operations.ts';
import { openaiChat } from '../dialects/openai-chat.ts';
import type { OpenaiChatOptions } from '../dialects/openai-chat.ts';
import { openaiSpeech, openaiTranscription } from '../dialects/openai-media.ts';
import { get, openaiOperations, post } from '../dialects/openai-operations.ts';
import { rateLimitFamily } from '../limits.ts';
import { scaledUsd } from '../reader/decimal.ts';
import { defineProvider } from '../reader/define-provider.ts';
import type { CallInfo, Findings } from '../reader/findings.ts';
import type { Provider } from './provider.ts';

/** A tick is 10^-10 USD. */
const TICK_EXPONENT = 10;

const CHAT: OpenaiChatOptions = {
  streamUsage: 'always',
  // Completion tokens are the visible ones only: total = prompt + completion + reasoning.
  reasoning: 'beside',
  also(part, found) {
    // A deferred completion answers with the id under which it will be found.
    const deferred = identifier(part['request_id']);
    if (deferred !== null && part['choices'] === undefined) {
      found.responseId = deferred;
      found.pending = true;
    }
  },
};

export const xai = defineProvider({
  name: 'x_ai',
  shortName: 'xai',
  displayName: 'xAI',
  hosts: ['api.x.ai', '*.api.x.ai'],
  report: {
    status: 'green',
    note: 'usage and cost are in each answer',
    link: 'https://console.x.ai/team/default/usage',
  },
  operations: [
    get(/\/chat\/deferred-completion\/[^/]+$/, openaiChat(CHAT)),
    post(/\/tts$/, 'speech', 'speech', openaiSpeech()),
    post(/\/stt$/, 'transcription', 'transcription', openaiTranscription()),
    ...anthropicOperations(),
    ...openaiOperations({ chat: CHAT }),
  ],
  requestIdHeaders: ['x-request-id'],
  limits: [rateLimitFamily('requests', null, 'requests'), rateLimitFamily('tokens', null, 'tokens')],
  refine: refineXai,
}) satisfies Provider;

function refineXai(_call: CallInfo, found: Findings): void {
  const { usage } = found;
  if (usage === null) return;
  found.costReportedUsd = scaledUsd(usage['cost_in_usd_ticks'], TICK_EXPONENT);
  const tools = object(usage['server_side_tool_usage_details']);
  if (tools === null) return;
  const searches = sumOf(tools, ['web_search_calls', 'x_search_calls']);
  const others = sumOf(tools, ['code_interpreter_calls', 'file_search_calls', 'mcp_calls', 'document_search_calls']);
  if (searches > 0) found.units.searches = searches;
  if (others > 0) found.units.tool_calls = others;
}

function sumOf(tools: JsonObject, keys: readonly string[]): number {
  return sumKnown(...keys.map((key) => count(tools[key]))) ?? 0;
}
