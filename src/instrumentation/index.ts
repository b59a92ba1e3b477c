export { withUsageContext } from './usage-context.ts';
export type { UsageContext } from './usage-context.ts';
export { forceFlush } from './emit/force-flush.ts';
export { getSessionTokenUsage } from './emit/session-usage.ts';
export type { SessionTokenUsage } from './emit/session-usage.ts';
