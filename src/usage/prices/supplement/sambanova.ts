/** SambaNova: the base has its prices behind Hugging Face only. */
import { perMillion } from '../rate.ts';
import type { SupplementEntry } from './entry.ts';

function chat(model: string, input: string, output: string, cached?: string): SupplementEntry {
  return {
    providers: ['sambanova'],
    match: new RegExp(`^${model.replaceAll('.', '\\.')}$`, 'i'),
    model,
    name: null,
    kind: 'price',
    from: null,
    source: 'https://cloud.sambanova.ai/plans/pricing',
    checked: '2026-10-07',
    rates: [
      perMillion('input', input),
      ...(cached === undefined ? [] : [perMillion('cache_read', cached)]),
      perMillion('output', output),
    ],
  };
}

export const SAMBANOVA: readonly SupplementEntry[] = [
  chat('DeepSeek-V3.1', '3', '4.5'),
  chat('DeepSeek-V3.2', '3', '4.5'),
  chat('MiniMax-M3', '0.6', '2.4', '0.06'),
];
