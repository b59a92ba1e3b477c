/**
 * Who makes a call: set around it by the application, read when a call is seen.
 *
 * Kept on the OpenTelemetry context under a key of our own, not in baggage: baggage is sent along with requests, and
 * people's ids do not belong in the headers of a request to a provider. Where no context manager is registered (no SDK),
 * a storage of our own carries it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { context, createContextKey, propagation } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import { processWide } from './emit/process-wide.ts';

export interface UsageContext {
  /** The end user. */
  readonly user?: string | number | null;
  /** The conversation or chat. */
  readonly chat?: string | number | null;
  readonly session?: string | number | null;
  /** Whom or what to bill: `team`, `project`, `feature`, … */
  readonly tags?: Readonly<Record<string, string | number | boolean>>;
}

/** The same, as it goes on the record. */
export interface CallerContext {
  readonly userId: string | null;
  readonly chatId: string | null;
  readonly sessionId: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

const NOBODY: CallerContext = { userId: null, chatId: null, sessionId: null, tags: {} };
const KEY = createContextKey('wiretally.usage-context');
const storage = processWide('usage-context', () => new AsyncLocalStorage<CallerContext>());

/** More tags than this, or longer values, are cut: a record stays small whatever the caller puts in. */
const MAX_TAGS = 32;
const MAX_LENGTH = 256;

/**
 * Runs `fn`; the AI calls that it makes, also later in its asynchronous work, carry these ids and tags on their
 * records. Nested contexts add to the outer one; a field given as null takes it away.
 *
 * @returns what `fn` returns.
 */
export function withUsageContext<T>(who: UsageContext, fn: () => T): T {
  const caller = merge(ownContext(context.active()) ?? NOBODY, who);
  return storage.run(caller, () => context.with(context.active().setValue(KEY, caller), fn));
}

/**
 * The caller of a call that was made in this context. Baggage (`user.id`, `session.id`, `gen_ai.conversation.id`) fills
 * what `withUsageContext` left open.
 */
export function callerOf(active: Context): CallerContext {
  const own = ownContext(active) ?? NOBODY;
  const baggage = propagation.getBaggage(active);
  if (baggage === undefined) return own;
  const entry = (name: string): string | null => text(baggage.getEntry(name)?.value);
  return {
    userId: own.userId ?? entry('user.id'),
    chatId: own.chatId ?? entry('gen_ai.conversation.id'),
    sessionId: own.sessionId ?? entry('session.id'),
    tags: own.tags,
  };
}

function ownContext(active: Context): CallerContext | undefined {
  return (active.getValue(KEY) as CallerContext | undefined) ?? storage.getStore();
}

function merge(outer: CallerContext, inner: UsageContext): CallerContext {
  const pick = (value: string | number | null | undefined, fallback: string | null): string | null =>
    value === undefined ? fallback : text(value);
  return {
    userId: pick(inner.user, outer.userId),
    chatId: pick(inner.chat, outer.chatId),
    sessionId: pick(inner.session, outer.sessionId),
    tags: inner.tags === undefined ? outer.tags : { ...outer.tags, ...cleanTags(inner.tags) },
  };
}

function cleanTags(tags: Readonly<Record<string, unknown>>): Record<string, string> {
  const clean: Record<string, string> = {};
  for (const [name, value] of Object.entries(tags).slice(0, MAX_TAGS)) {
    const kept = typeof value === 'boolean' ? String(value) : text(value);
    if (kept !== null) clean[name.slice(0, MAX_LENGTH)] = kept;
  }
  return clean;
}

function text(value: unknown): string | null {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  return typeof value === 'string' && value !== '' ? value.slice(0, MAX_LENGTH) : null;
}
