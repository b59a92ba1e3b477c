import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BodyCollector } from './body.ts';

describe('BodyCollector', () => {
  it('keeps exactly the head and the tail, however the body is cut into chunks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 50 }),
        (chunks, headLimit, tailLimit) => {
          const collector = new BodyCollector(headLimit, tailLimit);
          for (const chunk of chunks) collector.push(chunk);
          const body = Buffer.concat(chunks);
          const rest = body.subarray(headLimit);
          const view = collector.finish(true);
          expect(Buffer.from(view.head)).toEqual(body.subarray(0, headLimit));
          expect(Buffer.from(view.tail)).toEqual(rest.subarray(Math.max(0, rest.length - tailLimit)));
          expect(view.length).toBe(body.length);
        },
      ),
    );
  });

  it('does not change when the application overwrites a chunk it was given', () => {
    const collector = new BodyCollector(4, 4);
    const chunk = Buffer.from('abcdefgh');
    collector.push(chunk);
    chunk.fill(0);
    const { head, tail } = collector.finish(true);
    expect(Buffer.concat([head, tail]).toString()).toBe('abcdefgh');
  });

  it('holds no more than its limits for a body of any length', () => {
    const collector = new BodyCollector(4096, 32_768);
    const chunk = new Uint8Array(1000);
    for (let i = 0; i < 50_000; i += 1) collector.push(chunk);
    const { head, tail, length } = collector.finish(false);
    expect(length).toBe(50_000_000);
    expect(head.buffer.byteLength).toBe(4096);
    expect(tail.buffer.byteLength).toBe(32_768);
  });
});
