/** Who watches: nobody, we, or a peer; each sends all that it has to say to the sink. */
import type { NodeSDKConfiguration } from '@opentelemetry/sdk-node';
import type { OpenAI } from 'openai';
import type { CallObserver } from '../../src/instrumentation/call-observer.ts';
import { MODEL } from './exchanges.ts';

export interface Variant {
  readonly name: string;
  /** Sees calls through the `openai` SDK alone. */
  readonly peer?: boolean;
  /** Left out unless asked for by name: what only a part of us costs. */
  readonly part?: boolean;
  /** Before any client is loaded. */
  readonly setUp: (load: Load, environment: SetUp) => Promise<Watching> | Watching;
}

/** `require` of bench/peers: peers patch what is loaded after them, in CommonJS. */
export type Load = (name: string) => unknown;

export interface SetUp {
  readonly providerHost: string;
  readonly sink: string;
}

export interface Watching {
  /** Around an SDK's client, where a peer is a wrapper. */
  wrap?(client: OpenAI): OpenAI;
  /** Sends the spans that wait; all else goes when its time has come, and counts for the round after. */
  flush?(): Promise<unknown>;
}

/** openlit's form of a price list, which it would else fetch from the internet. */
const PRICES = { chat: { [MODEL]: { promptPrice: 0.00015, completionPrice: 0.0006 } } };

type Instrumentation = NonNullable<NodeSDKConfiguration['instrumentations']>[number];
type InstrumentationClass = new (config: object) => Instrumentation;

export const VARIANTS: readonly Variant[] = [
  { name: 'none', setUp: () => ({}) },
  {
    name: 'wiretally',
    async setUp() {
      const { WiretallyInstrumentation } = await import('@wiretally/instrumentation');
      return await startSdk([new WiretallyInstrumentation()]);
    },
  },
  {
    name: 'wiretally, register',
    async setUp() {
      await import('@wiretally/instrumentation/register');
      return { flush: flushSdk };
    },
  },
  {
    name: 'capture alone',
    part: true,
    async setUp(_load, { providerHost }) {
      const { Capture } = await import('../../src/instrumentation/capture/capture.ts');
      const { enableTransports } = await import('../../src/instrumentation/capture/transports.ts');
      const { createHostMap } = await import('@wiretally/usage');
      const observer: CallObserver = {
        start: ({ context }) => ({ context, end: () => undefined, discard: () => undefined }),
      };
      enableTransports(new Capture({ hosts: createHostMap({ hosts: { [providerHost]: 'openai' } }), observer }));
      return {};
    },
  },
  {
    name: 'opentelemetry',
    peer: true,
    async setUp(load) {
      const { OpenAIInstrumentation } = load('@opentelemetry/instrumentation-openai') as Named<'OpenAIInstrumentation'>;
      return await startSdk([new OpenAIInstrumentation({ captureMessageContent: false })]);
    },
  },
  {
    name: 'traceloop',
    peer: true,
    async setUp(load) {
      const { OpenAIInstrumentation } = load('@traceloop/instrumentation-openai') as Named<'OpenAIInstrumentation'>;
      return await startSdk([new OpenAIInstrumentation({ traceContent: false })]);
    },
  },
  {
    name: 'openinference',
    peer: true,
    async setUp(load) {
      const peer = load('@arizeai/openinference-instrumentation-openai') as Named<'OpenAIInstrumentation'>;
      const traceConfig = { hideInputs: true, hideOutputs: true };
      return await startSdk([new peer.OpenAIInstrumentation({ traceConfig })]);
    },
  },
  {
    name: 'openlit',
    peer: true,
    setUp(load, { sink }) {
      const { Openlit } = load('openlit') as { Openlit: { init(options: object): void } };
      Openlit.init({ otlpEndpoint: sink, applicationName: 'bench', captureMessageContent: false, pricingJson: PRICES });
      return { flush: flushSdk };
    },
  },
  {
    name: 'langfuse',
    peer: true,
    async setUp(load) {
      const { observeOpenAI } = load('@langfuse/openai') as { observeOpenAI: (client: OpenAI) => OpenAI };
      return { ...(await startSdk([])), wrap: observeOpenAI };
    },
  },
];

type Named<N extends string> = Readonly<Record<N, InstrumentationClass>>;

async function startSdk(instrumentations: Instrumentation[]): Promise<Watching> {
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  new NodeSDK({ instrumentations }).start();
  return { flush: flushSdk };
}

async function flushSdk(): Promise<void> {
  const { trace } = await import('@opentelemetry/api');
  const proxy = trace.getTracerProvider() as { getDelegate?(): { forceFlush?(): Promise<void> } };
  await proxy.getDelegate?.().forceFlush?.();
}
