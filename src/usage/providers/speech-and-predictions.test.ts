/** ElevenLabs, Deepgram and Replicate: billed by characters, seconds of audio, seconds of computing. */
import { describe, expect, it } from 'vitest';
import { reading } from '../reader/exchange.fixture.ts';

describe('speech and predictions', () => {
  it('ElevenLabs: characters of the text, seconds to the last word', () => {
    const found = reading({
      url: 'https://api.elevenlabs.io/v1/text-to-speech/voice/stream',
      request: { text: 'Hello', model_id: 'eleven_v3' },
      headers: { 'request-id': 'e-1', 'character-cost': '9' },
      answer: Uint8Array.of(1),
    });
    expect(found).toMatchObject({
      operation: 'speech',
      requestModel: 'eleven_v3',
      requestId: 'e-1',
      units: { characters: 5 },
      usageSource: 'request',
      streamed: true,
    });
    expect(
      reading({ url: 'https://api.elevenlabs.io/v1/speech-to-text', answer: { words: [{ end: 1 }, { end: 2.5 }] } })
        .units,
    ).toEqual({ audio_seconds: 2.5 });
    expect(
      reading({
        url: 'https://api.elevenlabs.io/v1/text-to-speech/v',
        status: 429,
        answer: { detail: { status: 'too_many_concurrent_requests', message: 'x' } },
      }),
    ).toMatchObject({ errorType: 'too_many_concurrent_requests', errorClass: 'rate_limit' });
  });

  it('Deepgram: seconds for each channel, characters from the header, tokens of add-ons', () => {
    const listen = (query: string) =>
      reading({
        url: `https://api.deepgram.com/v1/listen?model=nova-3${query}`,
        answer: {
          metadata: {
            request_id: 'd-1',
            duration: 10.5,
            channels: 2,
            summary_info: { input_tokens: 90, output_tokens: 5 },
          },
        },
      });
    expect(listen('')).toMatchObject({
      requestModel: 'nova-3',
      requestId: 'd-1',
      units: { audio_seconds: 10.5 },
      tokens: { input: 90, output: 5 },
    });
    expect(listen('&multichannel=true').units).toEqual({ audio_seconds: 21 });
    expect(
      reading({
        url: 'https://api.deepgram.com/v1/speak?model=aura-2',
        request: { text: 'Hello' },
        headers: { 'dg-char-count': '5', 'dg-model-name': 'aura-2-thalia', 'dg-request-id': 'd-2' },
        answer: Uint8Array.of(1),
      }),
    ).toMatchObject({
      requestModel: 'aura-2',
      responseModel: 'aura-2-thalia',
      requestId: 'd-2',
      units: { characters: 5 },
      usageSource: 'header',
    });
  });

  it('Replicate: seconds of computing once a prediction has ended', () => {
    const url = 'https://api.replicate.com/v1';
    expect(
      reading({
        url: `${url}/models/black-forest-labs/flux/predictions`,
        status: 201,
        answer: { id: 'p1', status: 'starting', metrics: {} },
      }),
    ).toMatchObject({ requestModel: 'black-forest-labs/flux', usageMissingReason: 'pending', responseId: 'p1' });
    expect(
      reading({
        method: 'GET',
        url: `${url}/predictions/p1`,
        answer: { id: 'p1', status: 'succeeded', metrics: { predict_time: 2.5 } },
      }),
    ).toMatchObject({ kind: 'restated', units: { compute_seconds: 2.5 }, finishReasons: ['succeeded'] });
    expect(
      reading({
        url: `${url}/predictions`,
        status: 429,
        answer: { detail: 'Request was throttled. Your rate limit resets in ~30s.' },
      }),
    ).toMatchObject({ errorType: '429', errorClass: 'rate_limit' });
  });
});
