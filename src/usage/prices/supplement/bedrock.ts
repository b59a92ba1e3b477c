/** Bedrock: models that the base lacks, older ones among them. Ids with any geography are the same model. */
import { perMillion } from '../rate.ts';
import type { SupplementEntry } from './entry.ts';

function chat(model: string, input: string, output: string): SupplementEntry {
  return {
    providers: ['aws'],
    match: new RegExp(`^${model.replaceAll('.', '\\.')}(?::\\d.*)?$`),
    model,
    name: null,
    kind: 'price',
    from: null,
    source: 'https://aws.amazon.com/bedrock/pricing/',
    checked: '2026-08-06',
    rates: [perMillion('input', input), perMillion('output', output)],
  };
}

export const BEDROCK: readonly SupplementEntry[] = [
  chat('anthropic.claude-v2', '8', '24'),
  chat('anthropic.claude-instant-v1', '0.8', '2.4'),
  chat('cohere.command-r-v1', '0.5', '1.5'),
  chat('cohere.command-r-plus-v1', '3', '15'),
  chat('cohere.command-text-v14', '1.5', '2'),
  chat('cohere.command-light-text-v14', '0.3', '0.6'),
  chat('ai21.jamba-1-5-mini-v1', '0.2', '0.4'),
  chat('ai21.jamba-1-5-large-v1', '2', '8'),
  chat('ai21.j2-mid-v1', '12.5', '12.5'),
  chat('ai21.j2-ultra-v1', '18.8', '18.8'),
  chat('meta.llama2-13b-chat-v1', '0.75', '1'),
  chat('meta.llama2-70b-chat-v1', '1.95', '2.56'),
  chat('moonshot.kimi-k2-thinking', '0.6', '2.5'),
  chat('minimax.minimax-m2', '0.3', '1.2'),
  chat('nvidia.nemotron-nano-12b-v2', '0.2', '0.6'),
  chat('zai.glm-4.7-flash', '0.07', '0.4'),
  chat('openai.gpt-oss-safeguard-20b', '0.07', '0.2'),
];
