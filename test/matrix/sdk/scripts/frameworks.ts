/** Frameworks on top of providers: the AI SDK with three of its providers, LangChain. */
import { firstOf, KEY, pieces, PROMPT, wanting } from '../steps.ts';
import type { Script, Step, Workplace } from '../steps.ts';

type Options = Record<string, unknown>;
interface Ai {
  readonly generateText: (options: Options) => Promise<{ readonly text: string }>;
  readonly streamText: (options: Options) => { readonly textStream: AsyncIterable<string> };
  readonly embed: (options: Options) => Promise<{ readonly usage: unknown }>;
}
type Answers = Readonly<Record<Exclude<Step, 'abort' | 'other'>, readonly [scenario: string, model: string]>>;

/** @param embedder the model of its embeddings, where the simulator knows the provider's. */
function aiSdk(
  modelsOf: (place: Workplace) => Promise<{ readonly chat: (model: string) => unknown; readonly embedder?: unknown }>,
  answers: Answers,
): Script {
  return async (place) => {
    const { generateText, streamText, embed } = (await place.load('ai')) as Ai;
    const { chat, embedder } = await modelsOf(place);
    const options = ([scenario, model]: readonly [string, string], more: Options = {}): Options => ({
      model: chat(model),
      prompt: PROMPT,
      headers: wanting(scenario),
      maxRetries: 0,
      // Otherwise it writes the error to the console.
      onError: () => {},
      ...more,
    });
    return {
      call: async () => (await generateText(options(answers.call))).text,
      fail: async () => (await generateText(options(answers.fail))).text,
      stream: () => pieces(streamText(options(answers.stream)).textStream),
      abort() {
        const controller = new AbortController();
        const { textStream } = streamText(options(answers.stream, { abortSignal: controller.signal }));
        return firstOf(textStream, () => controller.abort());
      },
      ...(embedder !== undefined && {
        other: async () =>
          (await embed({ model: embedder, value: PROMPT, maxRetries: 0, headers: wanting('openai-embeddings') })).usage,
      }),
    };
  };
}

type Create<P> = (options: Options) => P;

const aiOpenai = aiSdk(
  async ({ simulator, load }) => {
    const { createOpenAI } = (await load('@ai-sdk/openai')) as {
      readonly createOpenAI: Create<{ chat(model: string): unknown; embedding(model: string): unknown }>;
    };
    const provider = createOpenAI({ apiKey: KEY, baseURL: `${simulator}/openai/v1` });
    return { chat: (model) => provider.chat(model), embedder: provider.embedding('text-embedding-3-small') };
  },
  {
    call: ['openai-chat', 'gpt-4o-mini'],
    stream: ['openai-chat-stream', 'gpt-4o-mini'],
    fail: ['openai-chat-unauthorized', 'gpt-4o-mini'],
  },
);

const aiAnthropic = aiSdk(
  async ({ simulator, load }) => {
    const { createAnthropic } = (await load('@ai-sdk/anthropic')) as {
      readonly createAnthropic: Create<(model: string) => unknown>;
    };
    return { chat: createAnthropic({ apiKey: KEY, baseURL: `${simulator}/anthropic/v1` }) };
  },
  {
    call: ['anthropic-message', 'claude-sonnet-4-6'],
    stream: ['anthropic-message-stream', 'claude-haiku-4-5'],
    fail: ['anthropic-overloaded-retried', 'claude-haiku-4-5'],
  },
);

const aiGoogle = aiSdk(
  async ({ simulator, load }) => {
    const { createGoogleGenerativeAI } = (await load('@ai-sdk/google')) as {
      readonly createGoogleGenerativeAI: Create<(model: string) => unknown>;
    };
    return { chat: createGoogleGenerativeAI({ apiKey: KEY, baseURL: `${simulator}/gemini/v1beta` }) };
  },
  {
    call: ['gemini-generate', 'gemini-2.5-flash'],
    stream: ['gemini-stream', 'gemini-2.5-flash'],
    fail: ['gemini-rate-limited', 'gemini-2.5-pro'],
  },
);

const langchain: Script = async ({ simulator, load }) => {
  interface Chat {
    invoke(prompt: string): Promise<{ readonly content: unknown }>;
    stream(prompt: string, options?: Options): Promise<AsyncIterable<unknown>>;
  }
  const { ChatOpenAI, OpenAIEmbeddings } = (await load('@langchain/openai')) as {
    readonly ChatOpenAI: new (options: Options) => Chat;
    readonly OpenAIEmbeddings: new (options: Options) => { embedQuery(text: string): Promise<unknown> };
  };
  const settings = (scenario: string): Options => ({
    apiKey: KEY,
    maxRetries: 0,
    configuration: { baseURL: `${simulator}/openai/v1`, defaultHeaders: wanting(scenario) },
  });
  const chat = (scenario: string): Chat => new ChatOpenAI({ model: 'gpt-4o-mini', ...settings(scenario) });
  return {
    call: async () => (await chat('openai-chat').invoke(PROMPT)).content,
    fail: async () => (await chat('openai-chat-unauthorized').invoke(PROMPT)).content,
    stream: async () => pieces(await chat('openai-chat-stream').stream(PROMPT)),
    async abort() {
      const controller = new AbortController();
      const stream = await chat('openai-chat-stream').stream(PROMPT, { signal: controller.signal });
      return firstOf(stream, () => controller.abort());
    },
    other: () =>
      new OpenAIEmbeddings({
        model: 'text-embedding-3-small',
        encodingFormat: 'float',
        ...settings('openai-embeddings'),
      }).embedQuery(PROMPT),
  };
};

export const frameworksScripts: Readonly<Record<string, Script>> = {
  'ai + @ai-sdk/openai': aiOpenai,
  'ai + @ai-sdk/anthropic': aiAnthropic,
  'ai + @ai-sdk/google': aiGoogle,
  '@langchain/openai': langchain,
};
