import { flushAll } from './exit-hooks.ts';

/**
 * Delivers what waits: ledger records, and where `register` started the SDK its spans and metrics. For the end of a
 * function-as-a-service invocation, or before `process.exit()`.
 *
 * Never rejects. What cannot be delivered in time stays in the spool for the next process.
 *
 * @param timeoutMs default 2,000.
 */
export async function forceFlush(timeoutMs = 2_000): Promise<void> {
  await flushAll(timeoutMs, false);
}
