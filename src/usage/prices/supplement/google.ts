/** Google: Imagen, Veo, Cloud Text-to-Speech, grounding, and what the Gemini API serves free of charge. */
import { each, perMillion, perThousand } from '../rate.ts';
import type { SupplementEntry, SupplementRate } from './entry.ts';

const GEMINI = 'https://ai.google.dev/gemini-api/docs/pricing';
const VERTEX = 'https://cloud.google.com/vertex-ai/generative-ai/pricing';
const SPEECH = 'https://cloud.google.com/text-to-speech/pricing';

type Dates = Pick<SupplementEntry, 'from' | 'checked'>;
const ALWAYS: Dates = { from: null, checked: '2026-08-06' };

function imagen(match: RegExp, model: string, name: string, usd: string, providers = ['google']): SupplementEntry {
  const source = providers.includes('gcp.gemini') ? GEMINI : VERTEX;
  return { providers, match, model, name, kind: 'price', ...ALWAYS, source, rates: [each('images', usd)] };
}

function veo(
  match: RegExp,
  model: string,
  name: string,
  rates: readonly SupplementRate[],
  dates: Dates = ALWAYS,
  providers = ['google'],
): SupplementEntry {
  return { providers, match, model, name, kind: 'price', ...dates, source: GEMINI, rates };
}

const second = (usd: string): SupplementRate => each('video_seconds', usd);
const silent = (usd: string): SupplementRate => ({ ...second(usd), when: { audio: [false] } });
const sized = (usd: string, ...size: (string | null)[]): SupplementRate => ({ ...second(usd), when: { size } });

/** Voices are models here: readers give the voice's name, which holds its family. */
function voices(match: RegExp, model: string, name: string, usd: string, checked = '2026-08-06'): SupplementEntry {
  return {
    providers: ['google'],
    match,
    model,
    name,
    kind: 'price',
    from: null,
    source: SPEECH,
    checked,
    rates: [perMillion('characters', usd)],
  };
}

export const GOOGLE: readonly SupplementEntry[] = [
  imagen(/^imagen-4\.0-generate/, 'imagen-4.0-generate-001', 'Imagen 4', '0.04'),
  imagen(/^imagen-4\.0-ultra-generate/, 'imagen-4.0-ultra-generate-001', 'Imagen 4 Ultra', '0.06'),
  imagen(/^imagen-4\.0-fast-generate/, 'imagen-4.0-fast-generate-001', 'Imagen 4 Fast', '0.02'),
  imagen(/^imagen-3\.0-generate/, 'imagen-3.0-generate-002', 'Imagen 3', '0.03', ['gcp.gemini']),
  imagen(/^imagen-3\.0-(?:generate|capability)/, 'imagen-3.0-generate-001', 'Imagen 3', '0.04', ['gcp.vertex_ai']),
  imagen(/^imagen-3\.0-fast-generate/, 'imagen-3.0-fast-generate-001', 'Imagen 3 Fast', '0.02', ['gcp.vertex_ai']),

  veo(/^veo-2\.0-generate/, 'veo-2.0-generate-001', 'Veo 2', [second('0.35')], ALWAYS, ['gcp.gemini']),
  veo(/^veo-2\.0-generate/, 'veo-2.0-generate-001', 'Veo 2', [second('0.5')], ALWAYS, ['gcp.vertex_ai']),
  veo(/^veo-3\.0-generate/, 'veo-3.0-generate-001', 'Veo 3', [silent('0.5'), second('0.75')]),
  veo(/^veo-3\.0-generate/, 'veo-3.0-generate-001', 'Veo 3', [silent('0.2'), second('0.4')], {
    from: '2025-09-09',
    checked: '2026-08-06',
  }),
  veo(/^veo-3\.0-fast-generate/, 'veo-3.0-fast-generate-001', 'Veo 3 Fast', [silent('0.25'), second('0.4')]),
  veo(/^veo-3\.0-fast-generate/, 'veo-3.0-fast-generate-001', 'Veo 3 Fast', [silent('0.1'), second('0.15')], {
    from: '2025-09-09',
    checked: '2026-08-06',
  }),
  veo(/^veo-3\.1-generate/, 'veo-3.1-generate-001', 'Veo 3.1', [
    sized('0.4', '720p', '1080p', null),
    sized('0.6', '4k'),
  ]),
  veo(/^veo-3\.1-fast-generate/, 'veo-3.1-fast-generate-001', 'Veo 3.1 Fast', [
    sized('0.15', '720p', '1080p', null),
    sized('0.35', '4k'),
  ]),
  veo(
    /^veo-3\.1-fast-generate/,
    'veo-3.1-fast-generate-001',
    'Veo 3.1 Fast',
    [sized('0.1', '720p', null), sized('0.12', '1080p'), sized('0.3', '4k')],
    { from: '2026-04-07', checked: '2026-05' },
  ),
  veo(/^veo-3\.1-lite-generate/, 'veo-3.1-lite-generate-preview', 'Veo 3.1 Lite', [
    sized('0.05', '720p', null),
    sized('0.08', '1080p'),
  ]),

  voices(/chirp-?3?-?hd/, 'chirp3-hd', 'Chirp 3: HD', '30'),
  voices(/neural2|polyglot/, 'neural2', 'Neural2', '16'),
  // As Standard; it was 16 years ago, as many pages still say.
  voices(/wavenet/, 'wavenet', 'WaveNet', '4', '2026-10-01'),
  voices(/studio/, 'studio', 'Studio', '160'),
  voices(/(?:^|-)standard(?:-|$)/, 'standard', 'Standard', '4'),

  {
    providers: ['google'],
    match: /^gemini-embedding-2-preview$/,
    model: 'gemini-embedding-2-preview',
    name: 'Gemini Embedding 2 (Preview)',
    kind: 'price',
    ...ALWAYS,
    source: GEMINI,
    rates: [
      perMillion('input', '0.2'),
      perMillion('input_image', '0.45'),
      perMillion('input_audio', '6.5'),
      perMillion('input_video', '12'),
    ],
  },

  // One fee for a grounded prompt, however many queries the model made of it.
  {
    providers: ['google'],
    match: /^gemini-2\./,
    model: '*',
    name: null,
    kind: 'extra',
    from: null,
    source: GEMINI,
    checked: '2026-08-06',
    rates: [{ ...perThousand('searches', '35'), maximum: 1 }],
  },
  // One fee for each query.
  {
    providers: ['google'],
    match: /^gemini-3/,
    model: '*',
    name: null,
    kind: 'extra',
    from: null,
    source: GEMINI,
    checked: '2026-08-06',
    rates: [perThousand('searches', '14')],
  },
  // The fetched text is billed as input tokens.
  {
    providers: ['google'],
    match: /^gemini-/,
    model: '*',
    name: null,
    kind: 'extra',
    from: null,
    source: 'https://ai.google.dev/gemini-api/docs/url-context',
    checked: '2026-08',
    rates: [],
    included: ['fetches'],
  },
  {
    providers: ['gcp.gemini'],
    match: /^gemma-(?:3n?-|3n?$|4-(?:26b-a4b|31b)-it$)/,
    model: 'gemma-3-27b-it',
    name: null,
    kind: 'free',
    from: null,
    source: GEMINI,
    checked: '2026-08-06',
    rates: [],
  },
];
