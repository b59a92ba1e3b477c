import { context, propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callerOf, withUsageContext } from './usage-context.ts';

const NOBODY = { userId: null, chatId: null, sessionId: null, tags: {} };
const here = () => callerOf(context.active());

function behaviour(): void {
  test('reaches what runs in it, also later, and ends with it', async () => {
    const who = { user: 'u', chat: 'c', session: 's', tags: { team: 'a' } };
    const seen = await withUsageContext(who, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return here();
    });
    expect(seen).toEqual({ userId: 'u', chatId: 'c', sessionId: 's', tags: { team: 'a' } });
    expect(here()).toEqual(NOBODY);
  });

  test('adds to the one around it; null takes away', () => {
    const seen = withUsageContext({ user: 'u', session: 's', tags: { team: 'a', feature: 'x' } }, () =>
      withUsageContext({ session: null, chat: 7, tags: { feature: 'y' } }, here),
    );
    expect(seen).toEqual({ userId: 'u', chatId: '7', sessionId: null, tags: { team: 'a', feature: 'y' } });
  });

  test('keeps 200 at once apart', async () => {
    const seen = await Promise.all(
      Array.from({ length: 200 }, (_, n) =>
        withUsageContext({ user: n }, async () => {
          await new Promise((resolve) => setTimeout(resolve, n % 5));
          return here().userId;
        }),
      ),
    );
    expect(seen).toEqual(Array.from({ length: 200 }, (_, n) => String(n)));
  });

  test('stays small whatever is put in', () => {
    const tags = Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`t${n}`, 'x'.repeat(10_000)]));
    const seen = withUsageContext({ user: 'u'.repeat(10_000), tags }, here);
    expect(seen.userId).toHaveLength(256);
    expect(Object.keys(seen.tags)).toHaveLength(32);
    expect(seen.tags['t0']).toHaveLength(256);
  });

  test('gives back what the function returns and throws', () => {
    expect(withUsageContext({}, () => 42)).toBe(42);
    expect(() =>
      withUsageContext({}, () => {
        throw new Error('theirs');
      }),
    ).toThrow('theirs');
  });
}

describe('without a context manager, the caller', behaviour);

describe('with a context manager, the caller', () => {
  beforeAll(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  });
  afterAll(() => context.disable());

  behaviour();

  test('is read from baggage where nobody set it', () => {
    const baggage = propagation.createBaggage({
      'user.id': { value: 'b-user' },
      'session.id': { value: 'b-session' },
      'gen_ai.conversation.id': { value: 'b-chat' },
    });
    context.with(propagation.setBaggage(ROOT_CONTEXT, baggage), () => {
      expect(here()).toEqual({ userId: 'b-user', chatId: 'b-chat', sessionId: 'b-session', tags: {} });
      expect(withUsageContext({ user: 'own' }, here).userId).toBe('own');
    });
  });

  test('is never put into baggage, which is sent to providers', () => {
    withUsageContext({ user: 'u' }, () => expect(propagation.getBaggage(context.active())).toBeUndefined());
  });
});
