/** SDKs of those who host models: Ollama, Hugging Face, Replicate, Bedrock. */
import { firstOf, KEY, MESSAGES, pieces, PROMPT } from '../steps.ts';
import type { Script } from '../steps.ts';

type Options = Record<string, unknown>;
type Stream = AsyncIterable<unknown>;

const ollama: Script = async ({ others, load }) => {
  interface Client {
    chat(body: Options): Promise<unknown>;
    embed(body: Options): Promise<unknown>;
  }
  const { Ollama } = (await load('ollama')) as { readonly Ollama: new (options: Options) => Client };
  const client = new Ollama({ host: `${others}/ollama` });
  const body = { model: 'llama3.2', messages: MESSAGES };
  return {
    call: () => client.chat(body),
    fail: () => client.chat({ ...body, model: 'refused' }),
    stream: async () => pieces((await client.chat({ ...body, stream: true })) as Stream),
    async abort() {
      const stream = (await client.chat({ ...body, stream: true })) as Stream & { abort(): void };
      return firstOf(stream, () => stream.abort());
    },
    other: () => client.embed({ model: 'nomic-embed-text', input: PROMPT }),
  };
};

const huggingface: Script = async ({ others, load }) => {
  interface Client {
    chatCompletion(body: Options): Promise<unknown>;
    chatCompletionStream(body: Options, options?: Options): Stream;
  }
  const { InferenceClient } = (await load('@huggingface/inference')) as {
    readonly InferenceClient: new (key: string, options: Options) => Client;
  };
  const client = new InferenceClient(KEY, { endpointUrl: `${others}/huggingface` });
  const body = { model: 'meta-llama/Llama-3.1-8B-Instruct', messages: MESSAGES };
  const streamed = { ...body, stream_options: { include_usage: true } };
  return {
    call: () => client.chatCompletion(body),
    fail: () => client.chatCompletion({ ...body, model: 'refused' }),
    stream: () => pieces(client.chatCompletionStream(streamed)),
    abort() {
      const controller = new AbortController();
      const stream = client.chatCompletionStream(streamed, { signal: controller.signal });
      return firstOf(stream, () => controller.abort());
    },
  };
};

/** A stream of Replicate's is a second request, to a host that states no usage. */
const replicate: Script = async ({ others, load }) => {
  interface Client {
    run(model: string, options: Options): Promise<unknown>;
    stream(model: string, options: Options): Stream;
  }
  const { default: Replicate } = (await load('replicate')) as { readonly default: new (options: Options) => Client };
  const client = new Replicate({ auth: KEY, baseUrl: `${others}/replicate/v1` });
  const input = { prompt: PROMPT };
  return {
    call: () => client.run('meta/meta-llama-3-8b-instruct', { input }),
    fail: () => client.run('meta/refused', { input }),
    stream: () => pieces(client.stream('meta/meta-llama-3-8b-instruct', { input })),
    abort() {
      const controller = new AbortController();
      const stream = client.stream('meta/meta-llama-3-8b-instruct', { input, signal: controller.signal });
      return firstOf(stream, () => controller.abort());
    },
  };
};

const bedrock =
  (http2: boolean): Script =>
  async ({ others, othersH2, load }) => {
    interface Client {
      send(
        command: unknown,
        options?: Options,
      ): Promise<{ readonly stream: Stream; readonly usage?: unknown; readonly body: Uint8Array }>;
    }
    type Command = new (input: Options) => unknown;
    const { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand, InvokeModelCommand } = (await load(
      '@aws-sdk/client-bedrock-runtime',
    )) as {
      readonly BedrockRuntimeClient: new (options: Options) => Client;
      readonly ConverseCommand: Command;
      readonly ConverseStreamCommand: Command;
      readonly InvokeModelCommand: Command;
    };
    const { NodeHttpHandler } = (await load('@smithy/node-http-handler')) as {
      readonly NodeHttpHandler: new () => unknown;
    };
    const client = new BedrockRuntimeClient({
      region: 'us-east-1',
      endpoint: http2 ? othersH2 : `${others}/bedrock`,
      credentials: { accessKeyId: KEY, secretAccessKey: KEY },
      maxAttempts: 1,
      ...(!http2 && { requestHandler: new NodeHttpHandler() }),
    });
    const input = {
      modelId: 'anthropic.claude-haiku-4-5-20251001-v1:0',
      messages: [{ role: 'user', content: [{ text: PROMPT }] }],
    };
    return {
      call: async () => (await client.send(new ConverseCommand(input))).usage,
      fail: async () => (await client.send(new ConverseCommand({ ...input, modelId: 'refused' }))).usage,
      stream: async () => pieces((await client.send(new ConverseStreamCommand(input))).stream),
      async abort() {
        const controller = new AbortController();
        const { stream } = await client.send(new ConverseStreamCommand(input), { abortSignal: controller.signal });
        return firstOf(stream, () => controller.abort());
      },
      async other() {
        const embed = { modelId: 'amazon.titan-embed-text-v2:0', body: JSON.stringify({ inputText: PROMPT }) };
        return Buffer.from((await client.send(new InvokeModelCommand(embed))).body).toString();
      },
    };
  };

export const hostsScripts: Readonly<Record<string, Script>> = {
  ollama,
  '@huggingface/inference': huggingface,
  replicate,
  '@aws-sdk/client-bedrock-runtime (h2)': bedrock(true),
  '@aws-sdk/client-bedrock-runtime (h1)': bedrock(false),
};
