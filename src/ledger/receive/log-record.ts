/** What both encodings of OTLP logs are decoded to. */
export interface OtlpLogRecord {
  /** Nanoseconds since the epoch; 0 when the sender did not say. */
  readonly timeUnixNano: bigint;
  readonly eventName: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Lower-case hex; '' when there is none. */
  readonly traceId: string;
  readonly spanId: string;
}

export interface OtlpResourceLogs {
  readonly resource: Readonly<Record<string, unknown>>;
  readonly records: readonly OtlpLogRecord[];
}

/** The request cannot be decoded: 400, and sending it again does not help. */
export class MalformedRequestError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'MalformedRequestError';
  }
}
