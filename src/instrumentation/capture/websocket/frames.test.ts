import { describe, expect, it } from 'vitest';
import { FrameReader } from './frames.ts';

const LIMITS = { messageBytes: 1000, compressedBytes: 2000 };

interface Seen {
  text: string;
  compressed: boolean;
  cut: boolean;
}

function reader(): { frames: FrameReader; seen: Seen[] } {
  const seen: Seen[] = [];
  const frames = new FrameReader(LIMITS, (payload, compressed, cut) =>
    seen.push({ text: Buffer.from(payload).toString('latin1'), compressed, cut }),
  );
  return { frames, seen };
}

/** `first` holds the flags and the opcode. */
function frame(first: number, payload: string, mask: readonly number[] | null = null): Buffer {
  const bytes = Buffer.from(payload, 'latin1');
  const length =
    bytes.length < 126
      ? [bytes.length]
      : bytes.length < 65_536
        ? [126, bytes.length >> 8, bytes.length & 255]
        : [127, 0, 0, 0, 0, ...[24, 16, 8, 0].map((shift) => (bytes.length >> shift) & 255)];
  if (mask === null) return Buffer.concat([Buffer.from([first, ...length]), bytes]);
  length[0] = (length[0] ?? 0) | 0x80;
  return Buffer.concat([Buffer.from([first, ...length, ...mask]), bytes.map((byte, i) => byte ^ mask[i & 3]!)]);
}

const MASK = [1, 200, 3, 77];
const plain = (text: string): Seen => ({ text, compressed: false, cut: false });

describe('frames', () => {
  const bytes = Buffer.concat([
    frame(0x81, 'one'),
    frame(0x89, 'ping'),
    frame(0x82, 'two'.repeat(100), MASK),
    frame(0x01, 'th', MASK),
    frame(0x8a, ''),
    frame(0x00, '', MASK),
    frame(0x00, 're'),
    frame(0x80, 'e', MASK),
    frame(0x81, ''),
    frame(0xc1, 'packed'),
    frame(0x88, 'bye'),
  ]);
  const messages = [
    plain('one'),
    plain('two'.repeat(100)),
    plain('three'),
    plain(''),
    { text: 'packed', compressed: true, cut: false },
  ];

  it.each([1, 2, 3, 7, 100, 10_000])('are messages again, in pieces of %i bytes', (size) => {
    const { frames, seen } = reader();
    for (let at = 0; at < bytes.length; at += size) frames.push(bytes.subarray(at, at + size));
    expect(seen).toEqual(messages);
    expect(frames.broken).toBe(false);
  });

  it.each([null, MASK])('of a long message give its beginning, and the next is whole', (mask) => {
    const { frames, seen } = reader();
    frames.push(Buffer.concat([frame(0x81, 'x'.repeat(70_000), mask), frame(0x81, 'next', mask)]));
    expect(seen).toEqual([{ text: 'x'.repeat(1000), compressed: false, cut: true }, plain('next')]);
  });

  it.each([
    ['a compressed message that is too long', frame(0xc1, 'x'.repeat(2001))],
    ['a piece of no message', frame(0x80, 'x')],
    ['a message within a message', Buffer.concat([frame(0x01, 'x'), frame(0x81, 'x')])],
    ['a reserved bit', frame(0xa1, 'x')],
    ['an unknown kind', frame(0x83, 'x')],
    ['an absurd length', Buffer.from([0x81, 127, 255, 255, 255, 255, 255, 255, 255, 255])],
  ])('are not followed after %s', (_what, wrong) => {
    const { frames, seen } = reader();
    frames.push(frame(0x81, 'before'));
    frames.push(wrong);
    frames.push(frame(0x81, 'after'));
    expect(frames.broken).toBe(true);
    expect(seen).toEqual([plain('before')]);
  });
});
