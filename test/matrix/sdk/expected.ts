/** The records that each SDK's four steps must give. */
import { scenarioNamed } from '../../../src/demo/scenarios/index.ts';
import type { RecordMatch } from '../scenario.ts';

export interface ExpectedSdk {
  readonly provider: string;
  /** One for each step; `pending` where the provider states usage later, elsewhere. */
  readonly each: readonly RecordMatch[];
}

const ABORTED: RecordMatch = { status: 200, errorClass: 'aborted', usageMissingReason: ['aborted', null] };
const REFUSED: RecordMatch = { input: null, output: null, usageMissingReason: 'error-response' };

/** What the simulator's scenario says, worked out by hand there. */
function stated(provider: string, call: string, stream: string, refusal: number): ExpectedSdk {
  return {
    provider,
    each: [
      { ...numbersOf(call), usageSource: 'body', streamed: false },
      { ...numbersOf(stream), usageSource: 'stream-final', streamed: true },
      { ...REFUSED, status: refusal },
      // Anthropic and Gemini state a part of the usage at the beginning, which is then the last that was seen.
      { ...ABORTED, streamed: true },
    ],
  };
}

function numbersOf(scenario: string): RecordMatch {
  const { inputTokens, outputTokens } = scenarioNamed(scenario).attempts[0].expected;
  return { status: 200, input: inputTokens, output: outputTokens, usageMissingReason: null };
}

/** What our own server says. */
function ours(provider: string, refusal: RecordMatch = { status: 400 }): ExpectedSdk {
  const numbers: RecordMatch = { status: 200, input: 12, output: 34, usageMissingReason: null };
  return {
    provider,
    each: [
      { ...numbers, usageSource: 'body', streamed: false },
      { ...numbers, usageSource: 'stream-final', streamed: true },
      { ...REFUSED, ...refusal },
      { ...ABORTED, streamed: true },
    ],
  };
}

const openai = (): ExpectedSdk =>
  embedding(stated('openai', 'openai-chat', 'openai-chat-stream', 401), numbersOf('openai-embeddings'));
const anthropic = stated('anthropic', 'anthropic-message', 'anthropic-message-stream', 529);
const gemini = stated('gcp.gemini', 'gemini-generate', 'gemini-stream', 429);
const bedrock = (): ExpectedSdk => embedding(ours('aws.bedrock'), EMBEDDED);

/** With embeddings as the fifth step. */
const embedding = (expected: ExpectedSdk, match: RecordMatch): ExpectedSdk => ({
  ...expected,
  each: [...expected.each, { usageSource: 'body', ...match }],
});
const EMBEDDED: RecordMatch = { status: 200, input: 12, output: null, usageMissingReason: null };

export const EXPECTED: Readonly<Record<string, ExpectedSdk>> = {
  openai4: openai(),
  openai5: openai(),
  openai6: openai(),
  openai7: openai(),
  'groq-sdk': stated('groq', 'groq-chat', 'groq-stream-usage-twice', 500),
  '@cerebras/cerebras_cloud_sdk': stated('cerebras', 'cerebras-chat', 'cerebras-stream', 429),
  'together-ai': embedding(ours('together'), EMBEDDED),
  '@anthropic-ai/sdk': anthropic,
  '@google/genai': gemini,
  'cohere-ai': embedding(stated('cohere', 'cohere-chat', 'cohere-stream', 404), numbersOf('cohere-embed')),
  '@mistralai/mistralai': embedding(ours('mistral_ai'), EMBEDDED),
  'ai + @ai-sdk/openai': openai(),
  'ai + @ai-sdk/anthropic': anthropic,
  'ai + @ai-sdk/google': gemini,
  '@langchain/openai': openai(),
  ollama: embedding(ours('ollama'), EMBEDDED),
  '@huggingface/inference': ours('huggingface'),
  replicate: {
    provider: 'replicate',
    each: [
      { status: 201, input: 12, output: 34 },
      { status: 201, usageMissingReason: 'pending' },
      { ...REFUSED, status: 400 },
      { status: 201, usageMissingReason: 'pending' },
    ],
  },
  '@aws-sdk/client-bedrock-runtime (h2)': bedrock(),
  '@aws-sdk/client-bedrock-runtime (h1)': bedrock(),
};
