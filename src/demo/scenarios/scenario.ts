/**
 * What one demo scenario is: the answers that the simulator gives, and what the ledger must say of them.
 *
 * Both sides are literals. `expected` is worked out by hand from the provider's price page, with the arithmetic in a
 * comment beside it; nothing here is computed with the code that is being checked.
 */

/** Providers under the short names that the reports use. */
export type DemoProvider =
  'openai' | 'anthropic' | 'gemini' | 'google-tts' | 'groq' | 'cerebras' | 'cohere' | 'openrouter';

export type Fault = 'rate-limit' | 'unauthorized' | 'server' | 'overloaded';

/** A good answer (whole or streamed, as the request asks) or a refusal. */
export type Reply =
  | {
      /** The provider's own usage JSON, exactly as it travels; absent where the provider states none (media). */
      readonly usage?: Readonly<Record<string, unknown>>;
      /** The model that the answer names; null where answers of this provider name none. */
      readonly model: string | null;
      /** Streams only: the socket is cut, or the provider says an error, in the middle. */
      readonly ending?: 'cut' | 'error';
      readonly gzip?: boolean;
    }
  | { readonly fault: Fault };

/** What the ledger says of one attempt. `null` is "not stated". */
export interface Expected {
  readonly succeeded: boolean;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly totalTokens: number | null;
  /** Parts of the input; absent where none is stated or it is stated as 0. */
  readonly cacheReadTokens?: number;
  readonly cacheWriteTokens?: number;
  /** Part of the output. */
  readonly reasoningTokens?: number;
  /** Decimal USD; null where there is nothing to price. */
  readonly costUsd: string | null;
}

export interface Attempt {
  readonly reply: Reply;
  readonly expected: Expected;
}

export interface Scenario {
  /** Travels in the request header `x-demo-scenario`. */
  readonly name: string;
  readonly provider: DemoProvider;
  readonly operation: 'chat' | 'responses' | 'embeddings' | 'image' | 'video' | 'speech' | 'rerank';
  /** The model that the service asks for, and under which the ledger files the call. */
  readonly model: string;
  /** One entry an attempt, in order: clients retry some refusals by themselves. */
  readonly attempts: readonly [Attempt, ...Attempt[]];
  /** The call is expected to throw in the service. */
  readonly fails?: boolean;
}

/** An attempt that says nothing about tokens and so costs an unknown amount. */
export function unknownUsage(succeeded: boolean): Expected {
  return { succeeded, inputTokens: null, outputTokens: null, totalTokens: null, costUsd: null };
}
