/** Rerankers, embeddings and searches that the base lacks. */
import { perMillion, perThousand } from '../rate.ts';
import type { SupplementEntry } from './entry.ts';

const COHERE = 'https://cohere.com/pricing';
const VOYAGE = 'https://docs.voyageai.com/docs/pricing';
const BEDROCK = 'https://aws.amazon.com/bedrock/pricing/';

type Fields = Pick<SupplementEntry, 'providers' | 'match' | 'model' | 'source' | 'rates'> &
  Partial<Pick<SupplementEntry, 'name' | 'from' | 'checked' | 'corrects'>>;

function price(fields: Fields): SupplementEntry {
  return { name: null, kind: 'price', from: null, checked: '2026-08-06', ...fields };
}

function voyageRerank(match: RegExp, model: string, usd: string): SupplementEntry {
  return price({ providers: ['voyageai'], match, model, source: VOYAGE, rates: [perMillion('input', usd)] });
}

export const RETRIEVAL: readonly SupplementEntry[] = [
  // A search unit is one query with up to 100 documents.
  price({
    providers: ['cohere'],
    match: /^rerank-(?:v3\.5|(?:english|multilingual)-v[23]\.0)$/,
    model: 'rerank-v3.5',
    name: 'Cohere Rerank',
    source: COHERE,
    rates: [perThousand('search_units', '2')],
  }),
  price({
    providers: ['cohere'],
    match: /^embed-(?:english|multilingual)-(?:light-)?v3\.0$/,
    model: 'embed-english-v3.0',
    name: 'Embed v3.0',
    source: COHERE,
    rates: [perMillion('input', '0.1')],
  }),
  price({
    providers: ['cohere'],
    match: /^command-r-03-2024$/,
    model: 'command-r-03-2024',
    source: COHERE,
    corrects: 'the base knows the alias only, at the price of the later snapshot',
    rates: [perMillion('input', '0.5'), perMillion('output', '1.5')],
  }),
  price({
    providers: ['cohere'],
    match: /^command-r-plus-04-2024$/,
    model: 'command-r-plus-04-2024',
    source: COHERE,
    corrects: 'the base knows the alias only, at the price of the later snapshot',
    rates: [perMillion('input', '3'), perMillion('output', '15')],
  }),
  voyageRerank(/^rerank-2(?:\.5)?$/, 'rerank-2.5', '0.05'),
  voyageRerank(/^rerank-2(?:\.5)?-lite$/, 'rerank-2.5-lite', '0.02'),
  price({
    providers: ['aws'],
    match: /(?:^|\.)cohere\.rerank-v3-5/,
    model: 'cohere.rerank-v3-5:0',
    source: BEDROCK,
    rates: [perThousand('search_units', '2')],
  }),
  price({
    providers: ['aws'],
    match: /(?:^|\.)amazon\.rerank-v1/,
    model: 'amazon.rerank-v1:0',
    source: BEDROCK,
    rates: [perThousand('search_units', '1')],
  }),
  price({
    providers: ['aws'],
    match: /(?:^|\.)amazon\.titan-embed-text-v2/,
    model: 'amazon.titan-embed-text-v2:0',
    name: 'Titan Text Embeddings V2',
    source: BEDROCK,
    corrects: 'the base gives V2 the price of V1, five times as much',
    rates: [perMillion('input', '0.02')],
  }),
  price({
    providers: ['aws'],
    match: /(?:^|\.)cohere\.embed-(?:english|multilingual)-v3/,
    model: 'cohere.embed-english-v3',
    source: BEDROCK,
    rates: [perMillion('input', '0.1')],
  }),
  price({
    providers: ['aws'],
    match: /(?:^|\.)cohere\.embed-v4/,
    model: 'cohere.embed-v4:0',
    source: BEDROCK,
    rates: [perMillion('input', '0.12')],
  }),
  price({
    providers: ['perplexity'],
    match: /^search$/,
    model: 'search',
    source: 'https://docs.perplexity.ai/getting-started/pricing',
    rates: [perThousand('searches', '5')],
  }),
  price({
    providers: ['deepseek'],
    match: /^search$/,
    model: 'search',
    source: 'https://api-docs.deepseek.com/quick_start/pricing',
    checked: '2026-11',
    rates: [perThousand('searches', '0.75'), perThousand('fetches', '0.75')],
  }),
];
