import { count, elements, identifier, object } from '../body/fields.ts';
import { anthropicOperations } from '../dialects/anthropic-operations.ts';
import { openaiChat } from '../dialects/openai-chat.ts';
import { openaiEmbeddings } from '../dialects/openai-embeddings.ts';
import { openaiOperations, post } from '../dialects/openai-operations.ts';
import { rerankUsage } from '../dialects/rerank.ts';
import { defineProvider } from '../reader/define-provider.ts';
import type { Provider } from './provider.ts';

/** DashScope's own shape: `{output:{choices}, usage:{input_tokens, output_tokens}, request_id}`; streams repeat the running count. */
const native = openaiChat({
  streamUsage: 'always',
  also(part, found) {
    found.requestId = identifier(part['request_id']) ?? found.requestId;
    const output = object(part['output']);
    // Until the end the reason is the word "null".
    const reasons = [
      output?.['finish_reason'],
      ...elements(output, 'choices').map((choice) => choice['finish_reason']),
    ];
    for (const value of reasons) {
      const reason = identifier(value);
      if (reason !== null && reason !== 'null') found.finishReasons.set(0, reason);
    }
    const images = count(object(part['usage'])?.['image_count']);
    if (images !== null) found.units.images = images;
  },
});

export const qwen = defineProvider({
  name: 'qwen',
  shortName: 'qwen',
  displayName: 'Qwen (Alibaba Cloud)',
  hosts: ['dashscope-intl.aliyuncs.com', 'dashscope.aliyuncs.com', 'dashscope-us.aliyuncs.com'],
  report: {
    status: 'green',
    note: 'usage is in each answer; streams may need stream_options.include_usage',
    link: 'https://modelstudio.console.alibabacloud.com',
  },
  operations: [
    post(/\/services\/embeddings\/.+$/, 'embeddings', 'embedding', openaiEmbeddings),
    post(/\/services\/rerank\/.+$/, 'rerank', 'rerank', rerankUsage),
    post(/\/services\/aigc\/(?:text-generation|multimodal-generation)\/generation$/, 'chat', 'text', native),
    ...anthropicOperations(),
    ...openaiOperations(),
  ],
  requestIdHeaders: ['x-request-id'],
  limits: [],
}) satisfies Provider;
