/** SDKs with `chat.completions.create`: openai 4 to 7, groq-sdk, @cerebras/cerebras_cloud_sdk, together-ai. */
import { firstOf, KEY, MESSAGES, pieces, PROMPT, wanting } from '../steps.ts';
import type { Script, Step } from '../steps.ts';

type Options = Record<string, unknown>;
interface ChatClient {
  readonly chat: {
    readonly completions: { create(body: Options, options: Options): Promise<unknown> };
  };
  readonly embeddings?: { create(body: Options, options: Options): Promise<unknown> };
}
interface Module {
  readonly default: new (options: Options) => ChatClient;
}

interface Asked {
  readonly scenario: string;
  readonly model: string;
}

interface Like {
  readonly package: string;
  readonly base: (place: { readonly simulator: string; readonly others: string }) => string;
  /** The answer that each step asks for, and its model. */
  readonly answers: Readonly<Record<Exclude<Step, 'other'>, Asked>>;
  /** What its embeddings are asked for, where it has them. */
  readonly embeddings?: Asked;
}

function openaiLike(like: Like): Script {
  return async (place) => {
    const { default: Client } = (await place.load(like.package)) as Module;
    const client = new Client({ apiKey: KEY, baseURL: like.base(place), maxRetries: 0 });
    const ask = (step: Exclude<Step, 'other'>, signal?: AbortSignal): Promise<unknown> => {
      const { scenario, model } = like.answers[step];
      const stream = step === 'stream' || step === 'abort';
      return client.chat.completions.create(
        { model, messages: MESSAGES, ...(stream && { stream, stream_options: { include_usage: true } }) },
        { headers: wanting(scenario), ...(signal && { signal }) },
      );
    };
    return {
      call: () => ask('call'),
      fail: () => ask('fail'),
      stream: async () => pieces((await ask('stream')) as AsyncIterable<unknown>),
      async abort() {
        const controller = new AbortController();
        const stream = (await ask('abort', controller.signal)) as AsyncIterable<unknown>;
        return firstOf(stream, () => controller.abort());
      },
      ...(like.embeddings && { other: () => embed(client, like.embeddings) }),
    };
  };
}

async function embed({ embeddings }: ChatClient, asked: Asked | undefined): Promise<unknown> {
  const { scenario = '', model = '' } = asked ?? {};
  return embeddings?.create({ model, input: PROMPT, encoding_format: 'float' }, { headers: wanting(scenario) });
}

const mini = 'gpt-4o-mini';
const openai = (name: string): Script =>
  openaiLike({
    package: name,
    base: ({ simulator }) => `${simulator}/openai/v1`,
    answers: {
      call: { scenario: 'openai-chat', model: mini },
      stream: { scenario: 'openai-chat-stream', model: mini },
      fail: { scenario: 'openai-chat-unauthorized', model: mini },
      abort: { scenario: 'openai-chat-stream', model: mini },
    },
    embeddings: { scenario: 'openai-embeddings', model: 'text-embedding-3-small' },
  });

const llama = 'meta-llama/Llama-3.3-70B-Instruct-Turbo';

export const openaiLikeScripts: Readonly<Record<string, Script>> = {
  openai4: openai('openai4'),
  openai5: openai('openai5'),
  openai6: openai('openai6'),
  openai7: openai('openai7'),
  'groq-sdk': openaiLike({
    package: 'groq-sdk',
    base: ({ simulator }) => `${simulator}/groq`,
    answers: {
      call: { scenario: 'groq-chat', model: 'llama-3.3-70b-versatile' },
      stream: { scenario: 'groq-stream-usage-twice', model: 'openai/gpt-oss-20b' },
      fail: { scenario: 'groq-server-error-retried', model: 'openai/gpt-oss-120b' },
      abort: { scenario: 'groq-stream-usage-twice', model: 'openai/gpt-oss-20b' },
    },
  }),
  '@cerebras/cerebras_cloud_sdk': openaiLike({
    package: '@cerebras/cerebras_cloud_sdk',
    base: ({ simulator }) => `${simulator}/cerebras`,
    answers: {
      call: { scenario: 'cerebras-chat', model: 'gpt-oss-120b' },
      stream: { scenario: 'cerebras-stream', model: 'llama3.1-8b' },
      fail: { scenario: 'cerebras-rate-limited', model: 'gpt-oss-120b' },
      abort: { scenario: 'cerebras-stream', model: 'llama3.1-8b' },
    },
  }),
  'together-ai': openaiLike({
    package: 'together-ai',
    base: ({ others }) => `${others}/together/v1`,
    answers: {
      call: { scenario: '', model: llama },
      stream: { scenario: '', model: llama },
      fail: { scenario: '', model: 'refused' },
      abort: { scenario: '', model: llama },
    },
    embeddings: { scenario: '', model: 'BAAI/bge-base-en-v1.5' },
  }),
};
