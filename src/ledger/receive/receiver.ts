export type OtlpSignal = 'logs' | 'metrics' | 'traces';

/** What the HTTP layer sends back as it is. */
export interface OtlpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Receiver {
  /** Larger bodies are refused with 413; the HTTP layer need not read further. */
  readonly maxBodyBytes: number;
  /** One OTLP/HTTP request, its body read whole. Answers after COMMIT. Never throws. */
  receiveOtlp(
    signal: OtlpSignal,
    contentType: string | null | undefined,
    contentEncoding: string | null | undefined,
    body: Uint8Array,
  ): Promise<OtlpAnswer>;
}
