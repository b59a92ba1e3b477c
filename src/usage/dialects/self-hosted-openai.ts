/**
 * A server that somebody runs: it has no host of its own and is mapped by configuration, e.g.
 * `WIRETALLY_HOSTS=llm.internal:8000=vllm`.
 */
import { defineProvider } from '../reader/define-provider.ts';
import type { OperationSpec, ProviderSpec } from '../reader/provider-spec.ts';
import type { Provider } from '../providers/provider.ts';
import { anthropicOperations } from './anthropic-operations.ts';
import { openaiOperations, post } from './openai-operations.ts';
import { rerankUsage } from './rerank.ts';

export interface SelfHostedOpenai extends Pick<ProviderSpec, 'name' | 'shortName' | 'displayName'> {
  /** Where it listens unless told otherwise, if no other server does so too. */
  readonly hosts?: readonly string[];
  /** Operations of its own, which come first. */
  readonly own?: readonly OperationSpec[];
}

export function selfHostedOpenai({ hosts, own, ...spec }: SelfHostedOpenai): Provider {
  return defineProvider({
    ...spec,
    hosts: hosts ?? [],
    report: {
      status: 'green',
      note: 'usage is in each answer; streams state it only with stream_options.include_usage',
      link: null,
    },
    operations: [
      ...(own ?? []),
      post(/\/rerank$/, 'rerank', 'rerank', rerankUsage),
      ...anthropicOperations(),
      ...openaiOperations(),
    ],
    requestIdHeaders: ['x-request-id'],
    limits: [],
  });
}
