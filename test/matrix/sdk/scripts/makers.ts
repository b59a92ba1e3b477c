/** SDKs of the makers with an interface of their own: Anthropic, Google, Cohere, Mistral. */
import { firstOf, KEY, MESSAGES, pieces, PROMPT, wanting } from '../steps.ts';
import type { Script } from '../steps.ts';

type Options = Record<string, unknown>;
type Ask = (body: Options, options?: Options) => Promise<unknown>;
type Stream = AsyncIterable<unknown>;

const anthropic: Script = async ({ simulator, load }) => {
  const { default: Anthropic } = (await load('@anthropic-ai/sdk')) as {
    readonly default: new (options: Options) => { readonly messages: { create: Ask } };
  };
  const client = new Anthropic({ apiKey: KEY, baseURL: `${simulator}/anthropic`, maxRetries: 0 });
  const ask = (scenario: string, model: string, more: Options = {}, options: Options = {}): Promise<unknown> =>
    client.messages.create(
      { model, max_tokens: 100, messages: MESSAGES, ...more },
      { headers: wanting(scenario), ...options },
    );
  const stream = (options?: Options): Promise<unknown> =>
    ask('anthropic-message-stream', 'claude-haiku-4-5', { stream: true }, options);
  return {
    call: () => ask('anthropic-message', 'claude-sonnet-4-6'),
    fail: () => ask('anthropic-overloaded-retried', 'claude-haiku-4-5'),
    stream: async () => pieces((await stream()) as Stream),
    async abort() {
      const controller = new AbortController();
      return firstOf((await stream({ signal: controller.signal })) as Stream, () => controller.abort());
    },
  };
};

const google: Script = async ({ simulator, load }) => {
  const { GoogleGenAI } = (await load('@google/genai')) as {
    readonly GoogleGenAI: new (options: Options) => {
      readonly models: { generateContent: Ask; generateContentStream: Ask };
    };
  };
  const { models } = new GoogleGenAI({ apiKey: KEY, httpOptions: { baseUrl: `${simulator}/gemini` } });
  const ask = (scenario: string, model = 'gemini-2.5-flash', config: Options = {}): Options => ({
    model,
    contents: PROMPT,
    config: { httpOptions: { headers: wanting(scenario) }, ...config },
  });
  return {
    call: () => models.generateContent(ask('gemini-generate')),
    fail: () => models.generateContent(ask('gemini-rate-limited', 'gemini-2.5-pro')),
    stream: async () => pieces((await models.generateContentStream(ask('gemini-stream'))) as Stream),
    async abort() {
      const controller = new AbortController();
      const { signal: abortSignal } = controller;
      const stream = await models.generateContentStream(ask('gemini-stream', undefined, { abortSignal }));
      return firstOf(stream as Stream, () => controller.abort());
    },
  };
};

const cohere: Script = async ({ simulator, load }) => {
  const { CohereClientV2 } = (await load('cohere-ai')) as {
    readonly CohereClientV2: new (options: Options) => { chat: Ask; chatStream: Ask; embed: Ask };
  };
  const client = new CohereClientV2({ token: KEY, environment: `${simulator}/cohere` });
  const options = (scenario: string, more: Options = {}): Options => ({
    headers: wanting(scenario),
    maxRetries: 0,
    ...more,
  });
  const streamed = { model: 'command-r-08-2024', messages: MESSAGES };
  return {
    call: () => client.chat({ model: 'command-a-03-2025', messages: MESSAGES }, options('cohere-chat')),
    fail: () => client.chat({ model: 'command-a-03-2025', messages: MESSAGES }, options('no-such-scenario')),
    stream: async () => pieces((await client.chatStream(streamed, options('cohere-stream'))) as Stream),
    async abort() {
      const controller = new AbortController();
      const stream = await client.chatStream(streamed, options('cohere-stream', { abortSignal: controller.signal }));
      return firstOf(stream as Stream, () => controller.abort());
    },
    other: () =>
      client.embed(
        { model: 'embed-v4.0', inputType: 'search_document', embeddingTypes: ['float'], texts: [PROMPT] },
        options('cohere-embed'),
      ),
  };
};

const mistral: Script = async ({ others, load }) => {
  const { Mistral } = (await load('@mistralai/mistralai')) as {
    readonly Mistral: new (options: Options) => {
      readonly chat: { complete: Ask; stream: Ask };
      readonly embeddings: { create: Ask };
    };
  };
  const { chat, embeddings } = new Mistral({
    apiKey: KEY,
    serverURL: `${others}/mistral`,
    retryConfig: { strategy: 'none' },
  });
  const body = { model: 'mistral-small-latest', messages: MESSAGES };
  return {
    call: () => chat.complete(body),
    fail: () => chat.complete({ ...body, model: 'refused' }),
    stream: async () => pieces((await chat.stream(body)) as Stream),
    async abort() {
      const controller = new AbortController();
      const stream = await chat.stream(body, { fetchOptions: { signal: controller.signal } });
      return firstOf(stream as Stream, () => controller.abort());
    },
    other: () => embeddings.create({ model: 'mistral-embed', inputs: [PROMPT] }),
  };
};

export const makersScripts: Readonly<Record<string, Script>> = {
  '@anthropic-ai/sdk': anthropic,
  '@google/genai': google,
  'cohere-ai': cohere,
  '@mistralai/mistralai': mistral,
};
