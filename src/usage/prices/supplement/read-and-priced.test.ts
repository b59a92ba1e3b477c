/** What readers state and what the supplement prices are the same units: from the bytes to the cent. */
import { expect, it } from 'vitest';
import { reading } from '../../reader/exchange.fixture.ts';
import type { Told } from '../../reader/exchange.fixture.ts';
import { priceReading } from '../price.ts';
import { AT_MS } from '../reading.fixture.ts';

const AWS = 'https://bedrock-runtime.us-east-1.amazonaws.com/model';
const AGENT = 'https://bedrock-agent-runtime.us-east-1.amazonaws.com/rerank';
const documents = (count: number): string[] => Array.from({ length: count }, (_, index) => `d${index}`);
const arn = 'arn:aws:bedrock:us-east-1::foundation-model/amazon.rerank-v1:0';
const bedrockRerankingConfiguration = { modelConfiguration: { modelArn: arn } };

it.each<[string, string, Told]>([
  ['Perplexity’s search', '0.005', { url: 'https://api.perplexity.ai/search', answer: { id: 's', results: [] } }],
  ['DeepSeek’s search', '0.00075', { url: 'https://api.deepseek.com/v1/tools/search', answer: {} }],
  ['DeepSeek’s fetch', '0.00075', { url: 'https://api.deepseek.com/v1/tools/fetch', answer: {} }],
  [
    'Cohere’s rerank',
    '0.002',
    {
      url: 'https://api.cohere.com/v2/rerank',
      request: { model: 'rerank-v3.5' },
      answer: { id: 'x', results: [], meta: { billed_units: { search_units: 1 } } },
    },
  ],
  [
    'Cohere’s rerank on Bedrock, of 101 documents',
    '0.004',
    {
      url: `${AWS}/cohere.rerank-v3-5%3A0/invoke`,
      request: { query: 'q', documents: documents(101) },
      answer: { results: [] },
    },
  ],
  [
    'Amazon’s rerank',
    '0.001',
    {
      url: AGENT,
      request: { sources: documents(3), rerankingConfiguration: { bedrockRerankingConfiguration } },
      answer: { results: [] },
    },
  ],
  [
    'Voyage’s rerank',
    '0.05',
    {
      url: 'https://api.voyageai.com/v1/rerank',
      request: { model: 'rerank-2.5' },
      answer: { model: 'rerank-2.5', usage: { total_tokens: 1_000_000 } },
    },
  ],
  [
    'DALL·E 3 in high definition',
    '0.12',
    {
      url: 'https://api.openai.com/v1/images/generations',
      request: { model: 'dall-e-3', quality: 'hd', size: '1792x1024' },
      answer: { data: [{ url: 'u' }] },
    },
  ],
  [
    'two pictures of Imagen 3 on Vertex',
    '0.08',
    {
      url: 'https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1/publishers/google/models/imagen-3.0-generate-002:predict',
      request: { instances: [], parameters: { sampleCount: 2 } },
      answer: { predictions: [{ mimeType: 'image/png' }, { mimeType: 'image/png' }] },
    },
  ],
  [
    'five seconds of Veo 2',
    '1.75',
    {
      url: 'https://generativelanguage.googleapis.com/v1beta/models/veo-2.0-generate-001:predictLongRunning',
      request: { instances: [], parameters: { durationSeconds: 5 } },
      answer: { name: 'models/veo-2.0-generate-001/operations/o' },
    },
  ],
  [
    'eight seconds of Sora 2 Pro, large',
    '4',
    {
      url: 'https://api.openai.com/v1/videos',
      request: { model: 'sora-2-pro', seconds: '8', size: '1792x1024' },
      answer: { id: 'v', model: 'sora-2-pro', status: 'queued', seconds: '8', size: '1792x1024' },
    },
  ],
  [
    'a minute of nova-3, two channels apart',
    '0.0086',
    {
      url: 'https://api.deepgram.com/v1/listen?model=nova-3&multichannel=true',
      answer: { metadata: { request_id: 'r', duration: 60, channels: 2 } },
    },
  ],
  [
    'a minute of whisper-1',
    '0.006',
    {
      url: 'https://api.openai.com/v1/audio/transcriptions',
      request: { model: 'whisper-1' },
      answer: { text: 't', usage: { type: 'duration', seconds: 60 } },
    },
  ],
  [
    'a thousand characters of a Neural2 voice',
    '0.016',
    {
      url: 'https://texttospeech.googleapis.com/v1/text:synthesize',
      request: { input: { text: 'x'.repeat(1000) }, voice: { name: 'en-US-Neural2-A' } },
      answer: { audioContent: 'a' },
    },
  ],
  [
    'a thousand pages of OCR',
    '1',
    {
      url: 'https://api.mistral.ai/v1/ocr',
      request: { model: 'mistral-ocr-latest' },
      answer: { model: 'mistral-ocr-2505-completion', usage_info: { pages_processed: 1000 } },
    },
  ],
])('%s costs $%s', (_, usd, told) => {
  expect(priceReading(reading(told), { atMs: AT_MS })).toMatchObject({ costUsd: usd, unpricedReason: null });
});
