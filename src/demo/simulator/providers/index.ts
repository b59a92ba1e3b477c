/** All simulated providers: one file each, one line here. */
import type { DemoProvider } from '../../scenarios/scenario.ts';
import type { SimulatedProvider } from '../wire.ts';
import { anthropic } from './anthropic.ts';
import { cerebras } from './cerebras.ts';
import { cohere } from './cohere.ts';
import { gemini } from './gemini.ts';
import { googleTts } from './google-tts.ts';
import { groq } from './groq.ts';
import { openai } from './openai.ts';
import { openrouter } from './openrouter.ts';

export const simulatedProviders: Readonly<Record<DemoProvider, SimulatedProvider>> = {
  openai,
  anthropic,
  gemini,
  'google-tts': googleTts,
  groq,
  cerebras,
  cohere,
  openrouter,
};
