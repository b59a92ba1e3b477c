/** Hosts that speak plain OpenAI: their files would differ in name and address only. */
import { anthropicOperations } from '../dialects/anthropic-operations.ts';
import { openaiOperations, post } from '../dialects/openai-operations.ts';
import type { OpenaiChatOptions } from '../dialects/openai-chat.ts';
import { openaiChat } from '../dialects/openai-chat.ts';
import { rerankUsage } from '../dialects/rerank.ts';
import { usd } from '../reader/decimal.ts';
import { defineProvider } from '../reader/define-provider.ts';
import type { CallInfo, Findings } from '../reader/findings.ts';
import type { OperationSpec, ProviderSpec } from '../reader/provider-spec.ts';
import type { Provider } from './provider.ts';

interface HostedOptions {
  readonly name: string;
  readonly shortName?: string;
  readonly displayName: string;
  readonly hosts: readonly string[];
  readonly link: string | null;
  readonly chat?: OpenaiChatOptions;
  readonly own?: readonly OperationSpec[];
  readonly refine?: ProviderSpec['refine'];
}

function hosted(options: HostedOptions): Provider {
  const { name, displayName, hosts, link, refine } = options;
  return defineProvider({
    name,
    shortName: options.shortName ?? name,
    displayName,
    hosts,
    report: { status: 'green', note: 'usage is in each answer', link },
    operations: [
      ...(options.own ?? []),
      post(/\/rerank$/, 'rerank', 'rerank', rerankUsage),
      ...anthropicOperations(),
      ...openaiOperations({ chat: options.chat ?? { streamUsage: 'on-request' } }),
    ],
    requestIdHeaders: ['x-request-id', 'request-id'],
    limits: [],
    ...(refine === undefined ? {} : { refine }),
  });
}

/** `usage.cost` (Avian) or `usage.estimated_cost` (DeepInfra), in USD. */
function costOf(key: string): (call: CallInfo, found: Findings) => void {
  return (_call, found) => {
    found.costReportedUsd = usd(found.usage?.[key]);
  };
}

export const snowflake = hosted({
  name: 'snowflake',
  displayName: 'Snowflake Cortex',
  hosts: ['*.snowflakecomputing.com/api/v2/cortex'],
  link: 'https://app.snowflake.com',
});
export const heroku = hosted({
  name: 'heroku',
  displayName: 'Heroku Inference',
  hosts: ['us.inference.heroku.com', 'eu.inference.heroku.com'],
  link: 'https://dashboard.heroku.com',
});
export const crusoe = hosted({
  name: 'crusoe',
  displayName: 'Crusoe',
  hosts: ['api.inference.crusoecloud.com'],
  link: 'https://console.crusoecloud.com',
});
export const novita = hosted({
  name: 'novita',
  displayName: 'Novita AI',
  hosts: ['api.novita.ai'],
  link: 'https://novita.ai/billing',
});
export const nebius = hosted({
  name: 'nebius',
  displayName: 'Nebius',
  hosts: ['api.studio.nebius.com', 'api.studio.nebius.ai', 'api.tokenfactory.nebius.com'],
  link: 'https://tokenfactory.nebius.com',
});
export const deepinfra = hosted({
  name: 'deepinfra',
  displayName: 'DeepInfra',
  hosts: ['api.deepinfra.com'],
  link: 'https://deepinfra.com/dash',
  refine: costOf('estimated_cost'),
});
export const avian = hosted({
  name: 'avian',
  displayName: 'Avian',
  hosts: ['api.avian.io'],
  link: 'https://avian.io',
  refine: costOf('cost'),
});
export const writer = hosted({
  name: 'writer',
  displayName: 'Writer',
  hosts: ['api.writer.com'],
  link: 'https://app.writer.com/aistudio',
  own: [post(/\/v1\/chat$/, 'chat', 'text', openaiChat({ streamUsage: 'on-request' }))],
});
export const githubModels = hosted({
  name: 'github_models',
  shortName: 'github-models',
  displayName: 'GitHub Models',
  hosts: ['models.github.ai', 'models.inference.ai.azure.com'],
  link: 'https://github.com/settings/billing',
  refine: readGithubLimit,
});

/** Limits are in words alone: "Rate limit of 10 per 60s exceeded for UserByModelByMinute. Please wait 29 seconds". */
function readGithubLimit(call: CallInfo, found: Findings): void {
  if (call.exchange.response?.status !== 429) return;
  const message = found.error?.message ?? '';
  const limit = /Rate limit of (\d{1,9}) per (\d{1,9})s/.exec(message);
  const wait = /wait (\d{1,9}) seconds/.exec(message);
  found.retryAfterSeconds = wait === null ? null : Number(wait[1]);
  if (limit === null) return;
  found.rateLimits.push({
    name: 'requests',
    window: GITHUB_WINDOWS[Number(limit[2])] ?? null,
    limit: Number(limit[1]),
    remaining: 0,
    resetSeconds: found.retryAfterSeconds,
    resetAtMs: null,
  });
}

const GITHUB_WINDOWS: Readonly<Record<number, string>> = { 60: 'minute', 3600: 'hour', 86_400: 'day' };
