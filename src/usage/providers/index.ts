import { anthropic } from './anthropic.ts';
import { cerebras } from './cerebras.ts';
import { cohere } from './cohere.ts';
import { gemini } from './gemini.ts';
import { googleTextToSpeech } from './google-text-to-speech.ts';
import { groq } from './groq.ts';
import { openai } from './openai.ts';
import { openrouter } from './openrouter.ts';
import type { Provider } from './provider.ts';

/** All providers, one line each. */
export const providers: readonly Provider[] = [
  openai,
  anthropic,
  gemini,
  googleTextToSpeech,
  groq,
  cerebras,
  cohere,
  openrouter,
];
