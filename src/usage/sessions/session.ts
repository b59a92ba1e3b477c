/** How what is said over one WebSocket divides into turns, each of which is a call of its own. */

export type SessionSide = 'client' | 'server';

/**
 * What one message means for the turns of its session.
 *
 * | kind      | meaning |
 * |-----------|---------|
 * | `setup`   | holds for all turns that follow, until the same side says another |
 * | `begin`   | the client asks for a turn; `id` is the client's name of the question |
 * | `started` | the server works at the turn `id` |
 * | `note`    | belongs to the turn under way; worth nothing without one |
 * | `usage`   | states what something cost: of the turn under way, else a call of its own |
 * | `settled` | the turn is over, but its usage may still follow |
 * | `end`     | the turn `id` is over |
 * | `lost`    | the same, but what it used could not be read |
 * | `refused` | the server refuses the question that the client named `id` |
 */
export type SessionSignKind = 'setup' | 'begin' | 'started' | 'note' | 'usage' | 'settled' | 'end' | 'lost' | 'refused';

export interface SessionSign {
  readonly kind: SessionSignKind;
  /** Null where turns have no names: then there is one at a time. */
  readonly id: string | null;
  /**
   * What a reader needs of the message, as one line of JSON without long texts; null where it needs nothing.
   */
  readonly line: string | null;
}

/** Follows one session. Keeps no messages. */
export interface SessionReader {
  /**
   * @param text a message that `wants` chose, perhaps cut at its end. Never throws.
   * @returns its signs, in order.
   */
  read(side: SessionSide, text: string): readonly SessionSign[];
}

export interface SessionProtocol {
  /** Which messages are worth being read; asked of their text, of long ones only of the beginning and the end. */
  readonly wants: Readonly<Record<SessionSide, RegExp>>;
  start(): SessionReader;
}
