/** Z.ai: the GLM models before 5.2, which the base lacks. */
import { perMillion } from '../rate.ts';
import type { SupplementEntry } from './entry.ts';

const SOURCE = 'https://docs.z.ai/guides/overview/pricing';

function glm(model: string, name: string, input: string, cached: string, output: string): SupplementEntry {
  const rates = [perMillion('input', input), perMillion('cache_read', cached), perMillion('output', output)];
  return { ...common(model, name), kind: 'price', rates };
}

function free(model: string, name: string): SupplementEntry {
  return { ...common(model, name), kind: 'free', rates: [] };
}

function common(model: string, name: string): Omit<SupplementEntry, 'kind' | 'rates'> {
  const match = new RegExp(`^${model.replaceAll('.', '\\.')}$`);
  return { providers: ['zai'], match, model, name, from: null, source: SOURCE, checked: '2026-08-06' };
}

export const ZAI: readonly SupplementEntry[] = [
  glm('glm-5.1', 'GLM-5.1', '1.4', '0.26', '4.4'),
  glm('glm-5', 'GLM-5', '1', '0.2', '3.2'),
  glm('glm-4.7', 'GLM-4.7', '0.6', '0.11', '2.2'),
  glm('glm-4.6', 'GLM-4.6', '0.6', '0.11', '2.2'),
  glm('glm-4.6v', 'GLM-4.6V', '0.3', '0.05', '0.9'),
  glm('glm-4.5', 'GLM-4.5', '0.6', '0.11', '2.2'),
  glm('glm-4.5v', 'GLM-4.5V', '0.6', '0.11', '1.8'),
  glm('glm-4.5-x', 'GLM-4.5-X', '2.2', '0.45', '8.9'),
  glm('glm-4.5-air', 'GLM-4.5-Air', '0.2', '0.03', '1.1'),
  glm('glm-4.5-airx', 'GLM-4.5-AirX', '1.1', '0.22', '4.5'),
  free('glm-4.7-flash', 'GLM-4.7-Flash'),
  free('glm-4.5-flash', 'GLM-4.5-Flash'),
];
