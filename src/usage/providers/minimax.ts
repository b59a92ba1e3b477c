import { count, identifier, object } from '../body/fields.ts';
import { anthropicOperations } from '../dialects/anthropic-operations.ts';
import { openaiChat } from '../dialects/openai-chat.ts';
import type { OpenaiChatOptions } from '../dialects/openai-chat.ts';
import { openaiImages, openaiVideo } from '../dialects/openai-media.ts';
import { get, openaiOperations, post } from '../dialects/openai-operations.ts';
import { defineProvider } from '../reader/define-provider.ts';
import type { Dialect } from '../reader/findings.ts';
import type { Provider } from './provider.ts';

const CHAT: OpenaiChatOptions = { streamUsage: 'always' };

/** The answer says how many characters were billed. */
const speech: Dialect = {
  wants: /"extra_info"|"error"/,
  start: (_call, found) => ({
    observe(part) {
      found.requestId = identifier(part['trace_id']) ?? found.requestId;
      const characters = count(object(part['extra_info'])?.['usage_characters']);
      if (characters !== null) found.units.characters = characters;
    },
  }),
};

export const minimax = defineProvider({
  name: 'minimax',
  shortName: 'minimax',
  displayName: 'MiniMax',
  hosts: ['api.minimax.io', 'api.minimaxi.com', 'api.minimax.chat'],
  report: {
    status: 'green',
    note: 'usage is in each answer',
    link: 'https://platform.minimax.io/user-center/payment/balance',
  },
  operations: [
    post(/\/text\/chatcompletion(?:_v2|_pro)?$/, 'chat', 'text', openaiChat(CHAT)),
    post(/\/t2a(?:_v2|_async_v2)?$/, 'speech', 'speech', speech),
    post(/\/image_generation$/, 'image', 'image', openaiImages()),
    post(/\/video_generation$/, 'video', 'video', openaiVideo()),
    { ...get(/\/query\/video_generation$/, openaiVideo()), operation: 'video', serviceType: 'video' },
    // This flavour leaves cached tokens out of the input, as Anthropic does.
    ...anthropicOperations(),
    ...openaiOperations({ chat: CHAT }),
  ],
  requestIdHeaders: ['trace-id', 'x-request-id', 'minimax-request-id'],
  limits: [],
  refine(_call, found) {
    const { error } = found;
    const type = error?.code == null ? undefined : ERROR_TYPES.get(error.code);
    if (error !== null && type !== undefined) found.error = { ...error, type };
  },
}) satisfies Provider;

/** Its numbers for failures, within a 200 (https://platform.minimax.io/docs/api-reference/errorcode), in common words. */
const ERROR_TYPES: ReadonlyMap<string, string> = new Map([
  ['1001', 'timeout_error'],
  ['1002', 'rate_limit_exceeded'],
  ['1004', 'authentication_error'],
  ['1008', 'insufficient_balance'],
  ['1013', 'internal_server_error'],
  ['1024', 'internal_server_error'],
  ['1026', 'content_filter'],
  ['1027', 'content_filter'],
  ['1033', 'internal_server_error'],
  ['1039', 'rate_limit_exceeded'],
  ['1041', 'rate_limit_exceeded'],
  ['2013', 'invalid_request_error'],
  ['2049', 'authentication_error'],
  ['2056', 'quota_exceeded'],
]);
