/** A host that speaks plain OpenAI, and Anthropic where it does at all: its file has its name, address and differences. */
import { defineProvider } from '../reader/define-provider.ts';
import type { OperationSpec, ProviderSpec } from '../reader/provider-spec.ts';
import type { Provider } from '../providers/provider.ts';
import { anthropicOperations } from './anthropic-operations.ts';
import type { OpenaiChatOptions } from './openai-chat.ts';
import { openaiOperations, post } from './openai-operations.ts';
import { rerankUsage } from './rerank.ts';

export interface HostedOpenai extends Pick<ProviderSpec, 'name' | 'displayName' | 'hosts' | 'refine'> {
  /** Default: `name`. */
  readonly shortName?: string;
  /** The console page for a check by hand. */
  readonly link: string | null;
  readonly chat?: OpenaiChatOptions;
  /** Operations of its own, which come first. */
  readonly own?: readonly OperationSpec[];
}

export function hostedOpenai({ shortName, link, chat, own, ...spec }: HostedOpenai): Provider {
  return defineProvider({
    ...spec,
    shortName: shortName ?? spec.name,
    report: { status: 'green', note: 'usage is in each answer', link },
    operations: [
      ...(own ?? []),
      post(/\/rerank$/, 'rerank', 'rerank', rerankUsage),
      ...anthropicOperations(),
      ...openaiOperations({ chat: chat ?? { streamUsage: 'on-request' } }),
    ],
    requestIdHeaders: ['x-request-id', 'request-id'],
    limits: [],
  });
}
