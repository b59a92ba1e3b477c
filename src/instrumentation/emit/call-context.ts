/** Marks the context of a call that is ours, for what `register` does to HTTP spans and headers. */
import { createContextKey } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';

const KEY = createContextKey('wiretally.provider-call');

export function markProviderCall(context: Context): Context {
  return context.setValue(KEY, true);
}

/** Whether this context is that of a request to a provider. */
export function isProviderCall(context: Context): boolean {
  return context.getValue(KEY) === true;
}
