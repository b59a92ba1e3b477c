/**
 * Speech: Deepgram and Groq. ElevenLabs sells credits whose price depends on the plan, so its calls are priced by a
 * user's table or not at all.
 */
import { perMillion } from '../rate.ts';
import type { Rate } from '../rate.ts';
import type { SupplementEntry } from './entry.ts';

const DEEPGRAM_PRICING = 'https://deepgram.com/pricing';

function deepgram(match: RegExp, model: string, name: string, rates: SupplementEntry['rates']): SupplementEntry {
  return {
    providers: ['deepgram'],
    match,
    model,
    name,
    kind: 'price',
    from: null,
    source: DEEPGRAM_PRICING,
    checked: '2026-08-06',
    rates,
  };
}

/** A live session costs more than a file, and has a price of its own. */
function minutes(usd: string): SupplementEntry['rates'] {
  return [{ meter: 'audio_seconds', usd, per: 60, when: { operation: ['transcription'] } }];
}

function groqSpeech(match: RegExp, model: string, name: string, usd: string, checked: string): SupplementEntry {
  return {
    providers: ['groq'],
    match,
    model,
    name,
    kind: 'price',
    from: null,
    source: 'https://groq.com/pricing',
    checked,
    rates: [perMillion('characters', usd)],
  };
}

/** Ten seconds are billed at least, as for Groq's other transcriptions. */
const groqHour = (usd: string): Rate => ({ meter: 'audio_seconds', usd, per: 3600, minimum: 10 });

export const SPEECH: readonly SupplementEntry[] = [
  deepgram(/^nova-2(?:-|$)/, 'nova-2', 'Nova-2', minutes('0.0043')),
  // One language; `language=multi` has another price, which the model's name does not show.
  deepgram(/^nova-3(?:-general)?$/, 'nova-3', 'Nova-3', minutes('0.0043')),
  deepgram(/^nova(?:-general|-phonecall)?$/, 'nova', 'Nova', minutes('0.0043')),
  deepgram(/^enhanced(?:-|$)/, 'enhanced', 'Enhanced', minutes('0.0145')),
  deepgram(/^base(?:-|$)/, 'base', 'Base', minutes('0.0125')),
  deepgram(/^aura-2-/, 'aura-2-thalia-en', 'Aura-2', [perMillion('characters', '30')]),
  deepgram(/^aura-(?!2-)/, 'aura-asteria-en', 'Aura-1', [perMillion('characters', '15')]),
  groqSpeech(/^playai-tts(?:-arabic)?$/, 'playai-tts', 'PlayAI TTS', '50', '2026-08-06'),
  groqSpeech(/orpheus-v1-english$/, 'canopylabs/orpheus-v1-english', 'Orpheus English', '22', '2026-01'),
  groqSpeech(/orpheus-arabic-saudi$/, 'canopylabs/orpheus-arabic-saudi', 'Orpheus Arabic Saudi', '40', '2026-01'),
  {
    providers: ['groq'],
    match: /^distil-whisper-large-v3-en$/,
    model: 'distil-whisper-large-v3-en',
    name: 'Distil-Whisper Large V3 EN',
    kind: 'price',
    from: null,
    source: 'https://groq.com/pricing',
    checked: '2025-08',
    rates: [groqHour('0.02')],
  },
];
