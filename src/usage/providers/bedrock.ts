import { anthropicOperations } from '../dialects/anthropic-operations.ts';
import { bedrockConverse } from '../dialects/bedrock-converse.ts';
import { bedrockInvoke } from '../dialects/bedrock-invoke.ts';
import { free, get, openaiOperations, post } from '../dialects/openai-operations.ts';
import { bedrockRerank } from '../dialects/bedrock-rerank.ts';
import { idsOnly } from '../dialects/simple.ts';
import { bedrockVideo } from '../dialects/bedrock-video.ts';
import { awsErrorName } from '../reader/errors.ts';
import { defineProvider } from '../reader/define-provider.ts';
import type { CallInfo, Findings } from '../reader/findings.ts';
import type { OperationSpec } from '../reader/provider-spec.ts';
import type { Provider } from './provider.ts';

/** `{model}` is percent-encoded, may be an ARN, and may hold a slash where a client did not encode it. */
const operations: OperationSpec[] = [
  post(/\/model\/(?<model>.+)\/converse(?:-stream)?$/, 'chat', 'text', bedrockConverse),
  post(/\/model\/(?<model>.+)\/invoke(?:-with-response-stream)?$/, 'chat', 'text', bedrockInvoke),
  free(/\/model\/(?<model>.+)\/count-tokens$/, 'count_tokens', 'text'),
  post(/\/async-invoke$/, 'video', 'video', bedrockVideo),
  { ...get(/\/async-invoke\/.+$/, bedrockVideo), operation: 'video', serviceType: 'video' },
  post(/\/guardrail\/[^/]+\/version\/[^/]+\/apply$/, 'moderation', 'moderation', idsOnly),
  post(/\/rerank$/, 'rerank', 'rerank', bedrockRerank),
  // `/openai/v1/…` and `/anthropic/v1/…`, on the runtime host and on mantle.
  ...anthropicOperations(),
  ...openaiOperations({ chat: { streamUsage: 'on-request' } }),
];

export const bedrock = defineProvider({
  name: 'aws.bedrock',
  shortName: 'bedrock',
  displayName: 'AWS Bedrock',
  hosts: [
    'bedrock-runtime.*.amazonaws.com',
    'bedrock-runtime-fips.*.amazonaws.com',
    'bedrock-runtime.*.amazonaws.com.cn',
    'bedrock-runtime.*.api.aws',
    '*.bedrock-runtime.*.vpce.amazonaws.com',
    'bedrock-agent-runtime.*.amazonaws.com',
    'bedrock-mantle.*.api.aws',
  ],
  report: {
    status: 'green',
    note: 'usage is in each answer or its headers; no limit headers',
    link: 'https://console.aws.amazon.com/bedrock',
  },
  operations,
  requestIdHeaders: ['x-amzn-requestid', 'x-request-id'],
  limits: [],
  refine: refineBedrock,
}) satisfies Provider;

function refineBedrock(call: CallInfo, found: Findings): void {
  found.region = /bedrock[\w-]*\.([a-z]{2,3}(?:-[a-z]+)+-\d)\./.exec(call.url.hostname)?.[1] ?? found.region;
  const name = call.exchange.response === null ? null : awsErrorName(call.exchange.response.headers);
  if (found.error !== null && name !== null) found.error = { ...found.error, code: name };
}
