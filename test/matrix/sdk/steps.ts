/** What is done with each SDK: a call, a stream, a call that is refused, a stream that is left, and something else. */
export interface Steps {
  call(): Promise<unknown>;
  stream(): Promise<unknown>;
  fail(): Promise<unknown>;
  /** Leaves a stream after its first piece. */
  abort(): Promise<unknown>;
  /** Another operation, where the SDK has one that states usage: embeddings. */
  other?(): Promise<unknown>;
}

export const STEPS = ['call', 'stream', 'fail', 'abort', 'other'] as const;
export type Step = (typeof STEPS)[number];

/** What a script gets: where the providers are, and its packages. */
export interface Workplace {
  /** The demo's simulator. */
  readonly simulator: string;
  /** Our own server, for providers that the simulator does not have. */
  readonly others: string;
  /** The same over HTTP/2. */
  readonly othersH2: string;
  readonly load: (name: string) => Promise<unknown>;
}

export type Script = (place: Workplace) => Promise<Steps>;

export const KEY = 'key-of-nobody';
export const PROMPT = 'Where is my parcel?';
export const MESSAGES = [{ role: 'user', content: PROMPT }] as const;

/** The header by which the simulator is told which answer is wanted. */
export function wanting(scenario: string): Record<string, string> {
  return { 'x-demo-scenario': scenario };
}

/** Reads a stream to its end. */
export async function pieces(stream: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const piece of stream) count += piece === undefined ? 0 : 1;
  return count;
}

/** Reads one piece, then does what is to be done with the rest. */
export async function firstOf(stream: AsyncIterable<unknown>, leave: () => void): Promise<number> {
  let count = 0;
  for await (const piece of stream) {
    count += piece === undefined ? 0 : 1;
    if (count === 1) leave();
  }
  return count;
}
