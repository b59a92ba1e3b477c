/** What the ledger refused, or that it did not answer (`unreachable`). Programs read the code, people the message. */
export class UsageClientError extends Error {
  override readonly name = 'UsageClientError';
  readonly code: string;
  /** HTTP status; null where no answer came. */
  readonly status: number | null;
  /** When the ledger asks to be asked again, in seconds. */
  readonly retryAfterSeconds: number | null;

  constructor(
    code: string,
    message: string,
    options: ErrorOptions & { status?: number; retryAfterSeconds?: number | null } = {},
  ) {
    super(message, options);
    this.code = code;
    this.status = options.status ?? null;
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }
}
