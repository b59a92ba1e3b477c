import { anthropicOperations } from '../dialects/anthropic-operations.ts';
import { openaiOperations } from '../dialects/openai-operations.ts';
import type { LimitSpec } from '../limits.ts';
import { decoded } from '../reader/decoded.ts';
import { defineProvider } from '../reader/define-provider.ts';
import { identifier } from '../body/fields.ts';
import type { CallInfo, Findings } from '../reader/findings.ts';
import { readThrottleMessage } from '../reader/throttle-message.ts';
import type { OperationSpec } from '../reader/provider-spec.ts';
import type { Provider } from './provider.ts';

/** Legacy paths name the deployment, which is the model as far as the request tells; realtime's do in the query. */
function withDeployment(operation: OperationSpec): OperationSpec {
  return {
    ...operation,
    model: (match, url) =>
      decoded(/\/deployments\/([^/]+)\//.exec(url.pathname)?.[1]) ??
      operation.model?.(match, url) ??
      identifier(url.searchParams.get('deployment')),
  };
}

export const azureOpenai = defineProvider({
  name: 'azure.ai.openai',
  shortName: 'azure',
  displayName: 'Azure OpenAI',
  hosts: [
    '*.openai.azure.com',
    '*.openai.azure.us',
    '*.cognitiveservices.azure.com',
    '*.services.ai.azure.com',
    '*.azure-api.net',
  ],
  report: {
    status: 'green',
    note: 'usage is in each answer; streams of chat completions state it only with stream_options.include_usage',
    link: 'https://ai.azure.com',
  },
  operations: [...anthropicOperations(), ...openaiOperations()].map(withDeployment),
  requestIdHeaders: ['apim-request-id', 'x-request-id', 'x-ms-client-request-id', 'request-id'],
  limits: azureLimits(),
  refine: refineAzure,
}) satisfies Provider;

/** Resets come without a unit that anybody documents, so they are not read; -1 stands for "not known". */
export function azureLimits(): LimitSpec[] {
  return ['requests', 'tokens'].map((name) => ({
    name,
    window: 'minute',
    limit: `x-ratelimit-limit-${name}`,
    remaining: `x-ratelimit-remaining-${name}`,
  }));
}

export function refineAzure(call: CallInfo, found: Findings): void {
  const region = identifier(call.exchange.response?.headers['x-ms-region']);
  // "East US 2" in the header is `eastus2` everywhere else.
  found.region = region?.replaceAll(' ', '') ?? found.region;
  readThrottleMessage(call, found);
}
