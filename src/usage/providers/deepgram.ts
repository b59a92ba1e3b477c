import { amount, count, identifier, looseAmount, object, sumKnown, text } from '../body/fields.ts';
import type { JsonObject } from '../body/fields.ts';
import { codePoints, isRefused } from '../dialects/openai-media.ts';
import { post } from '../dialects/openai-operations.ts';
import { defineProvider } from '../reader/define-provider.ts';
import type { CallInfo, Dialect, Findings } from '../reader/findings.ts';
import type { Provider } from './provider.ts';

const ADD_ONS = ['summary_info', 'sentiment_info', 'topics_info', 'intents_info'];

/** Seconds of audio, once a channel where channels are transcribed apart; add-ons state tokens. */
const listen: Dialect = {
  wants: null,
  start: (call, found) => ({
    observe(part) {
      const metadata = object(part['metadata']) ?? part;
      found.responseId = identifier(metadata['request_id']) ?? found.responseId;
      found.requestId = found.responseId;
      const seconds = amount(metadata['duration']);
      const channels = call.url.searchParams.get('multichannel') === 'true' ? (count(metadata['channels']) ?? 1) : 1;
      if (seconds !== null) found.units.audio_seconds = Math.round(seconds * channels * 1e6) / 1e6;
      noteAddOns(metadata, found);
    },
    conclude() {
      noteModel(call, found);
    },
  }),
};

/** Text intelligence: tokens alone. */
const readText: Dialect = {
  wants: null,
  start: (call, found) => ({
    observe(part) {
      const metadata = object(part['metadata']);
      found.responseId = identifier(metadata?.['request_id']) ?? found.responseId;
      if (metadata !== null) noteAddOns(metadata, found);
    },
    conclude() {
      noteModel(call, found);
    },
  }),
};

function noteAddOns(metadata: JsonObject, found: Findings): void {
  const infos = ADD_ONS.map((name) => object(metadata[name]));
  const input = sumKnown(...infos.map((info) => count(info?.['input_tokens'])));
  const output = sumKnown(...infos.map((info) => count(info?.['output_tokens'])));
  if (input !== null || output !== null) found.tokens = { input, output };
}

const speak: Dialect = {
  wants: null,
  start: (call, found) => ({
    observe() {
      // Audio.
    },
    conclude() {
      const { response } = call.exchange;
      noteModel(call, found);
      found.responseModel = identifier(response?.headers['dg-model-name']);
      if (isRefused(call)) return;
      const stated = looseAmount(response?.headers['dg-char-count']);
      const input = text(call.request.get('text'));
      const characters = stated ?? (input === null ? null : codePoints(input));
      if (characters === null) return;
      found.units.characters = characters;
      found.usageSource = stated === null ? 'request' : 'header';
    },
  }),
};

function noteModel(call: CallInfo, found: Findings): void {
  found.requestModel = identifier(call.url.searchParams.get('model')) ?? found.requestModel;
}

export const deepgram = defineProvider({
  name: 'deepgram',
  shortName: 'deepgram',
  displayName: 'Deepgram',
  hosts: ['api.deepgram.com', 'api.*.deepgram.com'],
  report: {
    status: 'green',
    note: 'seconds and characters are in each answer',
    link: 'https://console.deepgram.com',
  },
  operations: [
    // Also over WebSocket, where the last message is the metadata.
    { ...post(/\/listen$/, 'transcription', 'transcription', listen), method: '*' },
    post(/\/speak$/, 'speech', 'speech', speak),
    post(/\/read$/, 'other', 'text', readText),
  ],
  requestIdHeaders: ['dg-request-id'],
  limits: [],
}) satisfies Provider;
