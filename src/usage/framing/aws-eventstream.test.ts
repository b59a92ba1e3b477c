import { describe, expect, it } from 'vitest';
import { awsEvent, awsFrame, joined } from '../reader/exchange.fixture.ts';
import { awsFrames, looksLikeAwsEventStream } from './aws-eventstream.ts';

const EVENTS = joined(
  awsEvent('messageStart', { role: 'assistant' }),
  awsEvent('contentBlockDelta', { delta: { text: 'Grüße 👋' } }),
  awsEvent('messageStop', { stopReason: 'end_turn' }),
  awsEvent('metadata', { usage: { inputTokens: 3, outputTokens: 4, totalTokens: 7 } }),
);

const frames = (bytes: Uint8Array, cutStart = false) => awsFrames({ bytes, cutStart, cutEnd: false });

describe('AWS event streams', () => {
  it('are frames with a type and JSON', () => {
    expect(frames(EVENTS).map(({ type }) => type)).toEqual([
      'messageStart',
      'contentBlockDelta',
      'messageStop',
      'metadata',
    ]);
    expect(frames(EVENTS)[1]?.payload).toBe('{"delta":{"text":"Grüße 👋"}}');
  });

  it('give the whole frames of any cut, from both sides', () => {
    const starts = [0];
    for (const frame of [0, 1, 2]) starts.push((starts.at(-1) ?? 0) + frameLength(EVENTS, starts[frame] ?? 0));
    for (let cut = 0; cut <= EVENTS.length; cut++) {
      const complete = starts.filter((start) => start + frameLength(EVENTS, start) <= cut).length;
      expect(frames(EVENTS.subarray(0, cut))).toHaveLength(complete);
      const left = starts.filter((start) => start >= cut).length;
      expect(frames(EVENTS.subarray(cut), true)).toHaveLength(left);
    }
  });

  it('may end with an exception', () => {
    const bytes = awsFrame(
      { ':message-type': 'exception', ':exception-type': 'throttlingException' },
      { message: 'Too many requests' },
    );
    expect(frames(bytes)).toEqual([
      { type: 'throttlingException', isException: true, payload: '{"message":"Too many requests"}' },
    ]);
  });

  it('go on at the next frame after a damaged one', () => {
    const damaged = EVENTS.slice();
    damaged[9] = 0xff;
    expect(frames(damaged).map(({ type }) => type)).toEqual(['contentBlockDelta', 'messageStop', 'metadata']);
  });

  it('are told by the checksum of the first prelude', () => {
    expect(looksLikeAwsEventStream(EVENTS)).toBe(true);
    expect(looksLikeAwsEventStream(new Uint8Array(64))).toBe(false);
  });
});

function frameLength(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);
}
