/** Chat models that the base has wrong: aliases that moved on, fees by a setting, prices that ended. */
import { perMillion, perThousand } from '../rate.ts';
import type { SupplementEntry, SupplementRate } from './entry.ts';

const PERPLEXITY = 'https://docs.perplexity.ai/getting-started/pricing';
const DEEPSEEK = 'https://api-docs.deepseek.com/quick_start/pricing';

/** The fee depends on the search context size, `low` unless asked for; the base has that of the highest. */
function sonar(model: string, name: string, tokens: [string, string], fees: [string, string, string]): SupplementEntry {
  const [low, medium, high] = fees.map((usd) => perThousand('requests', usd));
  const fee = (rate: SupplementRate | undefined, ...size: (string | null)[]): readonly SupplementRate[] =>
    rate === undefined ? [] : [{ ...rate, when: { size } }];
  return {
    providers: ['perplexity'],
    match: new RegExp(`^${model}$`),
    model,
    name,
    kind: 'price',
    from: null,
    source: PERPLEXITY,
    checked: '2026-08-06',
    corrects: 'the base has the request fee of the largest search context for all requests',
    rates: [
      perMillion('input', tokens[0]),
      perMillion('output', tokens[1]),
      ...fee(low, 'low', null),
      ...fee(medium, 'medium'),
      ...fee(high, 'high'),
    ],
    included: ['searches'],
  };
}

function deepseek(from: string, cached: string, input: string, output: string): SupplementEntry {
  return {
    providers: ['deepseek'],
    match: /^deepseek-(?:chat|reasoner)$/,
    model: 'deepseek-chat',
    name: null,
    kind: 'price',
    from,
    source: DEEPSEEK,
    checked: '2025-10',
    corrects: 'the base still has the prices by time of day that ended on 2025-09-05',
    rates: [perMillion('input', input), perMillion('cache_read', cached), perMillion('output', output)],
  };
}

/** The launch price fell in August 2026; the base has the lower one for all times before. */
function gemini36(from: string | null, input: string, cached: string, output: string): SupplementEntry {
  return {
    providers: ['google'],
    match: /^gemini-3\.6-flash/,
    model: 'gemini-3.6-flash',
    name: 'Gemini 3.6 Flash',
    kind: 'price',
    from,
    source: 'https://ai.google.dev/gemini-api/docs/pricing',
    checked: '2026-08-13',
    corrects: 'the base has the price from 2026-08-13 on for the days before, too',
    rates: [perMillion('input', input), perMillion('cache_read', cached), perMillion('output', output)],
  };
}

export const CORRECTIONS: readonly SupplementEntry[] = [
  sonar('sonar', 'Sonar', ['1', '1'], ['5', '8', '12']),
  sonar('sonar-pro', 'Sonar Pro', ['3', '15'], ['6', '10', '14']),
  sonar('sonar-reasoning', 'Sonar Reasoning', ['1', '5'], ['5', '8', '12']),
  sonar('sonar-reasoning-pro', 'Sonar Reasoning Pro', ['2', '8'], ['6', '10', '14']),
  gemini36(null, '1.5', '0.15', '7.5'),
  gemini36('2026-08-13', '0.75', '0.075', '3.75'),
  gemini36('2027-01-01', '1.5', '0.15', '7.5'),
  deepseek('2025-09-05', '0.07', '0.56', '1.68'),
  deepseek('2025-09-29', '0.028', '0.28', '0.42'),
  {
    providers: ['mistral'],
    match: /^mistral-large-latest$/,
    model: 'mistral-large-latest',
    name: 'Mistral Large 3',
    kind: 'price',
    from: '2025-12-02',
    source: 'https://mistral.ai/pricing/api',
    checked: '2026-08-06',
    corrects: 'the base has the alias at the price of the 2024 model',
    rates: [perMillion('input', '0.5'), perMillion('cache_read', '0.05'), perMillion('output', '1.5')],
  },
  {
    providers: ['groq'],
    match: /^openai\/gpt-oss-safeguard-20b$/,
    model: 'openai/gpt-oss-safeguard-20b',
    name: 'GPT-OSS Safeguard 20B',
    kind: 'price',
    from: null,
    source: 'https://groq.com/pricing',
    checked: '2026-08-06',
    corrects: 'the base has the price of gpt-oss-120b',
    rates: [perMillion('input', '0.075'), perMillion('cache_read', '0.0375'), perMillion('output', '0.3')],
  },
];
