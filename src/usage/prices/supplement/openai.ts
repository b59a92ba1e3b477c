/** OpenAI: images and video, speech, fine-tuned models, and what search models charge a call. */
import { each, perMillion, perThousand } from '../rate.ts';
import type { SupplementEntry, SupplementRate } from './entry.ts';

const PRICING = 'https://developers.openai.com/api/docs/pricing';
const AZURE_TOO = ['openai', 'azure'];

const SQUARE = ['1024x1024', null];
const WIDE = ['1024x1536', '1536x1024'];
const DALL_E_WIDE = ['1024x1792', '1792x1024'];

function image(usd: string, quality: readonly (string | null)[], size: readonly (string | null)[]): SupplementRate {
  return { ...each('images', usd), when: { quality, size } };
}

/**
 * Price of an image where the answer states no tokens. `auto`, the default, is decided by the model: without tokens its
 * price is not known.
 */
function imageTable(match: RegExp, model: string, usd: readonly [square: string, wide: string][]): SupplementEntry {
  const qualities = ['low', 'medium', 'high'];
  return {
    providers: AZURE_TOO,
    match,
    model,
    name: null,
    kind: 'extra',
    from: null,
    source: PRICING,
    checked: '2026-08-06',
    rates: qualities.flatMap((quality, index) => {
      const [square, wide] = usd[index] ?? ['', ''];
      return [image(square, [quality], ['1024x1024']), image(wide, [quality], WIDE)];
    }),
  };
}

function fineTuned(base: string, input: string, cached: string, output: string): SupplementEntry {
  return {
    providers: ['openai'],
    match: new RegExp(`^ft:${base.replaceAll('.', '\\.')}-2025`),
    model: `ft:${base}-2025-04-14`,
    name: null,
    kind: 'price',
    from: null,
    source: PRICING,
    checked: '2026-03',
    rates: [perMillion('input', input), perMillion('cache_read', cached), perMillion('output', output)],
  };
}

/** Chat completions by a search model always search; the answer does not count it. */
function searchModel(match: RegExp, model: string, name: string, input: string, output: string): SupplementEntry {
  return {
    providers: ['openai'],
    match,
    model,
    name,
    kind: 'price',
    from: null,
    source: PRICING,
    checked: '2026-03',
    corrects:
      'the base has no fee, or that of another tool; the search preview of models without reasoning is $25 per 1,000',
    rates: [perMillion('input', input), perMillion('output', output), perThousand('requests', '25')],
    included: ['searches'],
  };
}

export const OPENAI: readonly SupplementEntry[] = [
  {
    providers: AZURE_TOO,
    match: /^dall-e-3$/,
    model: 'dall-e-3',
    name: 'DALL·E 3',
    kind: 'price',
    from: null,
    source: PRICING,
    checked: '2026-08-06',
    rates: [
      image('0.04', ['standard', null], SQUARE),
      image('0.08', ['standard', null], DALL_E_WIDE),
      image('0.08', ['hd'], SQUARE),
      image('0.12', ['hd'], DALL_E_WIDE),
    ],
  },
  {
    providers: ['openai'],
    match: /^dall-e-2$/,
    model: 'dall-e-2',
    name: 'DALL·E 2',
    kind: 'price',
    from: null,
    source: PRICING,
    checked: '2026-08-06',
    rates: [
      { ...each('images', '0.02'), when: { size: SQUARE } },
      { ...each('images', '0.018'), when: { size: ['512x512'] } },
      { ...each('images', '0.016'), when: { size: ['256x256'] } },
    ],
  },
  imageTable(/^gpt-image-1$/, 'gpt-image-1', [
    ['0.011', '0.016'],
    ['0.042', '0.063'],
    ['0.167', '0.25'],
  ]),
  imageTable(/^gpt-image-1\.5$/, 'gpt-image-1.5', [
    ['0.009', '0.013'],
    ['0.034', '0.05'],
    ['0.133', '0.2'],
  ]),
  imageTable(/^gpt-image-1-mini$/, 'gpt-image-1-mini', [
    ['0.005', '0.006'],
    ['0.011', '0.015'],
    ['0.036', '0.052'],
  ]),
  {
    providers: ['openai'],
    match: /^sora-2$/,
    model: 'sora-2',
    name: 'Sora 2',
    kind: 'price',
    from: null,
    source: PRICING,
    checked: '2026-08-06',
    rates: [{ ...each('video_seconds', '0.1'), when: { size: ['720x1280', '1280x720', null] } }],
  },
  {
    providers: ['openai'],
    match: /^sora-2-pro$/,
    model: 'sora-2-pro',
    name: 'Sora 2 Pro',
    kind: 'price',
    from: null,
    source: PRICING,
    checked: '2026-08-06',
    rates: [
      { ...each('video_seconds', '0.3'), when: { size: ['720x1280', '1280x720', null] } },
      { ...each('video_seconds', '0.5'), when: { size: ['1024x1792', '1792x1024'] } },
    ],
  },
  {
    providers: AZURE_TOO,
    match: /^tts-1(?:-1106)?$/,
    model: 'tts-1',
    name: 'TTS-1',
    kind: 'price',
    from: null,
    source: PRICING,
    checked: '2026-08-06',
    rates: [perMillion('characters', '15')],
  },
  {
    providers: AZURE_TOO,
    match: /^tts-1-hd(?:-1106)?$/,
    model: 'tts-1-hd',
    name: 'TTS-1 HD',
    kind: 'price',
    from: null,
    source: PRICING,
    checked: '2026-08-06',
    rates: [perMillion('characters', '30')],
  },
  {
    providers: ['openai'],
    match: /^gpt-4o-audio-preview(?:-2024-12-17|-2025-06-03)?$/,
    model: 'gpt-4o-audio-preview',
    name: 'GPT-4o Audio (Preview)',
    kind: 'price',
    from: null,
    source: PRICING,
    checked: '2025-08',
    corrects: 'the base prices audio tokens as text',
    rates: [
      perMillion('input', '2.5'),
      perMillion('output', '10'),
      perMillion('input_audio', '40'),
      perMillion('output_audio', '80'),
    ],
  },
  {
    providers: ['openai'],
    match: /^gpt-4o-mini-audio-preview(?:-2024-12-17)?$/,
    model: 'gpt-4o-mini-audio-preview',
    name: 'GPT-4o mini Audio (Preview)',
    kind: 'price',
    from: null,
    source: PRICING,
    checked: '2025-08',
    corrects: 'the base prices audio tokens as text',
    rates: [
      perMillion('input', '0.15'),
      perMillion('output', '0.6'),
      perMillion('input_audio', '10'),
      perMillion('output_audio', '20'),
    ],
  },
  searchModel(/^gpt-4o-search-preview/, 'gpt-4o-search-preview', 'GPT-4o Search (Preview)', '2.5', '10'),
  searchModel(
    /^gpt-4o-mini-search-preview/,
    'gpt-4o-mini-search-preview',
    'GPT-4o mini Search (Preview)',
    '0.15',
    '0.6',
  ),
  fineTuned('gpt-4.1', '3', '0.75', '12'),
  fineTuned('gpt-4.1-mini', '0.8', '0.2', '3.2'),
  fineTuned('gpt-4.1-nano', '0.2', '0.05', '0.8'),
  {
    providers: ['openai'],
    match: /^(?:gpt-|o\d|computer-use)/,
    model: '*',
    name: null,
    kind: 'extra',
    from: null,
    source: PRICING,
    checked: '2026-03',
    rates: [perThousand('searches', '10'), perThousand('tool_calls', '2.5')],
  },
  {
    providers: AZURE_TOO,
    match: /moderation/,
    model: 'omni-moderation-latest',
    name: null,
    kind: 'free',
    from: null,
    source: 'https://developers.openai.com/api/docs/guides/moderation',
    checked: '2026-08-06',
    rates: [],
  },
];
