import { expect, test } from 'vitest';
import { ApiError } from './api-error.ts';
import { createBodyMemory } from './body-memory.ts';
import { withBody } from './read-body.ts';

const post = (bytes: number): Request =>
  new Request('http://localhost/v1/logs', { method: 'POST', body: new Uint8Array(bytes) });

test('bodies of several requests share one limit, and give their room back when they are answered or fail', async () => {
  const limits = { maxBytes: 100, memory: createBodyMemory(150) };
  const held = Promise.withResolvers<number>();
  const first = withBody(post(100), limits, () => held.promise);
  await expect(withBody(post(60), limits, async () => 0)).rejects.toMatchObject({ code: 'unavailable' });
  await expect(withBody(post(50), limits, async (body) => body.length)).resolves.toBe(50);
  await expect(withBody(post(50), limits, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(withBody(post(50), limits, async (body) => body.length)).resolves.toBe(50);
  held.resolve(1);
  await expect(first).resolves.toBe(1);
  await expect(withBody(post(100), limits, async (body) => body.length)).resolves.toBe(100);
});

test('large bodies that do not end leave room for usual ones', () => {
  const memory = createBodyMemory(100, 10);
  let large = 0;
  while (memory.take(0, 50)) large += 1;
  expect(large).toBe(2);
  for (let usual = 0; usual < 8; usual += 1) expect(memory.take(0, 10)).toBe(true);
  expect(memory.take(0, 1)).toBe(false);
  memory.give(50);
  expect(memory.take(0, 5) && memory.take(5, 45)).toBe(true);
});

test('a body that is cut is the sender’s to send again, and no failure of the database', async () => {
  const cut = new ReadableStream({
    pull: () => Promise.reject(Object.assign(new Error('aborted'), { code: 'ECONNRESET' })),
  });
  const request = new Request('http://localhost/v1/logs', { method: 'POST', body: cut, duplex: 'half' });
  const failure = withBody(request, { maxBytes: 10, memory: createBodyMemory(10) }, async () => 0);
  await expect(failure).rejects.toBeInstanceOf(ApiError);
  await expect(failure).rejects.toMatchObject({ code: 'unavailable' });
});
