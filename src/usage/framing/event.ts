/** One event of a stream, before its data is parsed. */
export interface StreamEvent {
  readonly name: string | null;
  readonly data: string;
  /** The event's beginning or end is missing. */
  readonly cutStart: boolean;
  readonly cutEnd: boolean;
}
