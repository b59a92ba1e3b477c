import { googleSpeech } from '../dialects/gemini-media.ts';
import { post } from '../dialects/openai-operations.ts';
import { defineProvider } from '../reader/define-provider.ts';
import { refineGoogleError } from '../reader/google-errors.ts';
import type { Provider } from './provider.ts';

/** Characters are billed; the voice's family is the model (`chirp3-hd`, `neural2`), or the voice's own model name. */
export const googleTextToSpeech = defineProvider({
  name: 'gcp.text_to_speech',
  shortName: 'google-tts',
  displayName: 'Google Cloud Text-to-Speech',
  hosts: ['texttospeech.googleapis.com', '*-texttospeech.googleapis.com'],
  report: {
    status: 'blue',
    note: 'answers state nothing: characters are counted in the request; check by hand',
    link: 'https://console.cloud.google.com/billing',
  },
  operations: [post(/(?:text:synthesize|:synthesizeLongAudio)$/, 'speech', 'speech', googleSpeech)],
  requestIdHeaders: [],
  limits: [],
  refine: refineGoogleError,
}) satisfies Provider;
