import { hostedOpenai } from '../dialects/hosted-openai.ts';
import type { CallInfo, Findings } from '../reader/findings.ts';
import type { Provider } from './provider.ts';

export const githubModels = hostedOpenai({
  name: 'github_models',
  shortName: 'github-models',
  displayName: 'GitHub Models',
  hosts: ['models.github.ai', 'models.inference.ai.azure.com'],
  link: 'https://github.com/settings/billing',
  refine: readLimit,
}) satisfies Provider;

/** Limits are in words alone: "Rate limit of 10 per 60s exceeded for UserByModelByMinute. Please wait 29 seconds". */
function readLimit(call: CallInfo, found: Findings): void {
  if (call.exchange.response?.status !== 429) return;
  const message = found.error?.message ?? '';
  const limit = /Rate limit of (\d{1,9}) per (\d{1,9})s/.exec(message);
  const wait = /wait (\d{1,9}) seconds/.exec(message);
  found.retryAfterSeconds = wait === null ? null : Number(wait[1]);
  if (limit === null) return;
  found.rateLimits.push({
    name: 'requests',
    window: WINDOWS[Number(limit[2])] ?? null,
    limit: Number(limit[1]),
    remaining: 0,
    resetSeconds: found.retryAfterSeconds,
    resetAtMs: null,
  });
}

const WINDOWS: Readonly<Record<number, string>> = { 60: 'minute', 3600: 'hour', 86_400: 'day' };
