import { amount, identifier, object, text, wholeArray } from '../body/fields.ts';
import { post } from '../dialects/openai-operations.ts';
import { codePoints, isRefused } from '../dialects/openai-media.ts';
import { idsOnly } from '../dialects/simple.ts';
import { defineProvider } from '../reader/define-provider.ts';
import type { CallInfo, Dialect, Findings } from '../reader/findings.ts';
import type { Provider } from './provider.ts';

/** Characters of the text. `character-cost` holds credits, whose value depends on the plan. */
const speech: Dialect = {
  wants: null,
  start: (call, found) => ({
    observe() {
      // Audio, or audio in base64 with timestamps.
    },
    conclude() {
      noteModel(call, found);
      const characters = textLength(call);
      if (isRefused(call) || characters === null) return;
      found.units.characters = characters;
      found.usageSource = 'request';
    },
  }),
};

function textLength(call: CallInfo): number | null {
  const single = text(call.request.get('text'));
  if (single !== null) return codePoints(single);
  const turns = call.request.get('inputs');
  if (!Array.isArray(turns)) return null;
  return turns.reduce((sum: number, turn) => sum + codePoints(text(object(turn)?.['text']) ?? ''), 0);
}

/** The last word's end is the least that was transcribed. */
const transcription: Dialect = {
  wants: null,
  start: (call, found) => ({
    observe(part) {
      const stated = amount(part['audio_duration_secs']);
      const words = wholeArray(part, 'words');
      const seconds = stated ?? amount(object(words?.at(-1))?.['end']);
      if (seconds !== null) found.units.audio_seconds = seconds;
    },
    conclude() {
      noteModel(call, found);
    },
  }),
};

function noteModel(call: CallInfo, found: Findings): void {
  found.requestModel ??= identifier(call.request.get('model_id')) ?? identifier(call.url.searchParams.get('model_id'));
}

export const elevenlabs = defineProvider({
  name: 'elevenlabs',
  shortName: 'elevenlabs',
  displayName: 'ElevenLabs',
  hosts: ['api.elevenlabs.io', 'api.us.elevenlabs.io', 'api.*.residency.elevenlabs.io'],
  report: {
    status: 'yellow',
    note: 'characters are counted in the request; limits are read live from headers',
    link: 'https://elevenlabs.io/app/usage',
  },
  operations: [
    post(/\/text-to-speech\/[^/]+(?:\/stream)?(?:\/with-timestamps)?$/, 'speech', 'speech', speech),
    post(/\/text-to-dialogue(?:\/stream)?(?:\/with-timestamps)?$/, 'speech', 'speech', speech),
    post(/\/speech-to-text$/, 'transcription', 'transcription', transcription),
    post(/\/speech-to-speech\/[^/]+(?:\/stream)?$/, 'speech', 'speech', modelOnly()),
    post(
      /\/(?:sound-generation|music(?:\/stream|\/detailed)?|audio-isolation(?:\/stream)?)$/,
      'other',
      'speech',
      modelOnly(),
    ),
  ],
  requestIdHeaders: ['request-id', 'x-trace-id'],
  limits: [
    {
      name: 'concurrent_requests',
      window: null,
      limit: 'maximum-concurrent-requests',
      used: 'current-concurrent-requests',
    },
  ],
}) satisfies Provider;

function modelOnly(): Dialect {
  return {
    wants: null,
    start(call, found) {
      noteModel(call, found);
      return idsOnly.start(call, found);
    },
  };
}
