import * as zlib from 'node:zlib';
import type { BodyView } from '@wiretally/usage';
import { describe, expect, it } from 'vitest';
import { BodyCollector } from './body.ts';
import { codingOf } from './codings.ts';
import { EncodedBody } from './encoded-body.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import type { CaptureLimits } from './limits.ts';

/** At the default quality it takes seconds for what is not compressible. */
const brotli = (bytes: Uint8Array): Buffer =>
  zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } });

const CODINGS: [string, (bytes: Uint8Array) => Buffer][] = [
  ['gzip', zlib.gzipSync],
  ['x-gzip', zlib.gzipSync],
  ['deflate', zlib.deflateSync],
  ['deflate', zlib.deflateRawSync],
  ['br', brotli],
  ['zstd', zlib.zstdCompressSync],
];

/** Does not compress well, so that its compressed form is long too. */
function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 1;
  for (let i = 0; i < length; i += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

const collector = (): BodyCollector => new BodyCollector(4096, DEFAULT_LIMITS.tailBytes);

async function collect(coding: string, encoded: Uint8Array, limits: Partial<CaptureLimits> = {}): Promise<BodyView> {
  const body = new EncodedBody(codingOf(coding)!, collector(), { ...DEFAULT_LIMITS, ...limits });
  for (let at = 0; at < encoded.length; at += 1000) body.push(encoded.subarray(at, at + 1000));
  return await body.finish(true);
}

describe.each(CODINGS)('a body in %s', (coding, encode) => {
  it('is decoded in one go when it is short, without leaving the turn', () => {
    const plain = Buffer.from(`{"usage":{"total_tokens":7},"text":"${'a'.repeat(2000)}"}`);
    const body = new EncodedBody(codingOf(coding)!, collector(), DEFAULT_LIMITS);
    body.push(encode(plain));
    const view = body.finish(true);
    expect(view).not.toBeInstanceOf(Promise);
    expect(view).toMatchObject({ length: plain.length, complete: true });
    expect(Buffer.from((view as BodyView).head)).toEqual(plain);
  });

  it('is kept as it came when the application changes its chunk afterwards', () => {
    const plain = Buffer.from('{"usage":{"total_tokens":7}}');
    const chunk = encode(plain);
    const body = new EncodedBody(codingOf(coding)!, collector(), DEFAULT_LIMITS);
    body.push(chunk);
    chunk.fill(0);
    expect(Buffer.from((body.finish(true) as BodyView).head)).toEqual(plain);
  });

  it('is decoded as it comes when it is long, so that its end is there', async () => {
    const plain = Buffer.concat([noise(300_000), Buffer.from('{"usage":{"total_tokens":7}}')]);
    const view = await collect(coding, encode(plain));
    expect(view).toMatchObject({ length: plain.length, complete: true });
    expect(Buffer.from(view.head)).toEqual(plain.subarray(0, 4096));
    expect(Buffer.from(view.tail)).toEqual(plain.subarray(-DEFAULT_LIMITS.tailBytes));
  });

  it('is decoded as it comes when a short one turns out to be long', async () => {
    const plain = Buffer.concat([Buffer.alloc(3_000_000, 'a'), Buffer.from('the end')]);
    const encoded = encode(plain);
    expect(encoded.length).toBeLessThan(DEFAULT_LIMITS.encodedBytes);
    const view = await collect(coding, encoded);
    expect(view).toMatchObject({ length: plain.length, complete: true });
    expect(Buffer.from(view.tail.subarray(-7)).toString()).toBe('the end');
  });

  it.each([
    ['short', 3_000],
    ['long', 300_000],
  ])('ends also when something follows its end (%s)', async (_length, size) => {
    const plain = noise(size);
    const body = new EncodedBody(codingOf(coding)!, collector(), DEFAULT_LIMITS);
    body.push(encode(plain));
    // Lets a decoder that works as it comes see the end before what follows.
    await new Promise((resolve) => setTimeout(resolve, 50));
    body.push(Buffer.from('\r\nwhat does not belong here'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const view = await body.finish(true);
    expect(view.length).toBe(plain.length);
    expect(Buffer.from(view.head)).toEqual(plain.subarray(0, 4096));
  });

  it('gives its beginning when it was cut', async () => {
    const plain = noise(900_000);
    const encoded = encode(plain);
    const body = new EncodedBody(codingOf(coding)!, collector(), DEFAULT_LIMITS);
    body.push(encoded.subarray(0, Math.floor(encoded.length / 2)));
    const view = await body.finish(false);
    expect(view.complete).toBe(false);
    expect(view.length).toBeGreaterThan(250_000);
    expect(Buffer.from(view.head)).toEqual(plain.subarray(0, 4096));
  });

  it('stops at the limit when it decodes to far more than it is', async () => {
    const bomb = encode(Buffer.alloc(20_000_000));
    const view = await collect(coding, bomb, { decodedBytes: 2_000_000 });
    expect(view.complete).toBe(false);
    expect(view.length).toBeLessThan(3_000_000);
  });

  it('is not complete when its bytes are broken', async () => {
    const view = await collect(coding, Buffer.from('this is nothing of the kind, at all, however one looks at it'));
    expect(view.complete).toBe(false);
  });

  it('may be empty', () => {
    const body = new EncodedBody(codingOf(coding)!, collector(), DEFAULT_LIMITS);
    expect(body.finish(true)).toMatchObject({ length: 0, complete: true });
  });
});

describe('a body whose decoder cannot keep up', () => {
  it('counts as cut, and no longer takes memory', async () => {
    const encoded = zlib.gzipSync(noise(3_000_000));
    const body = new EncodedBody(codingOf('gzip')!, collector(), { ...DEFAULT_LIMITS, decodeQueueBytes: 100_000 });
    body.push(encoded);
    expect((await body.finish(true)).complete).toBe(false);
  });
});

describe('codingOf', () => {
  it('leaves alone what needs no decoding or cannot be decoded', () => {
    expect([undefined, '', 'identity', 'compress', 'gzip, br'].map(codingOf)).toEqual([null, null, null, null, null]);
  });
});
