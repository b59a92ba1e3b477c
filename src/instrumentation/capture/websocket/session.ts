/** One session: what its messages mean becomes attempts, one a turn. */
import { ROOT_CONTEXT } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import type {
  ExchangeFailure,
  Headers,
  SessionProtocol,
  SessionReader,
  SessionSide,
  SessionSign,
} from '@wiretally/usage';
import type { Attempt } from '../attempt.ts';
import type { Capture } from '../capture.ts';

/** Takes what is said on a connection, in order. */
export interface Conversation {
  message(side: SessionSide, bytes: Uint8Array, cut: boolean, atMs: number, caller: Context): void;
  /** The connection ended; with an error where it was lost. */
  close(failure: ExchangeFailure | null): void;
}

interface Turn {
  readonly attempt: Attempt;
  /** The client's own name of its question. */
  readonly question: string | null;
  id: string | null;
  started: boolean;
  settled: boolean;
}

/** A client that asks and asks is not followed further; turns that end are on record all the same. */
const MAX_OPEN_TURNS = 64;
/** Of long messages this much of the beginning and of the end tells whether they matter. */
const EDGE_BYTES = 4 * 1024;
const NOTHING = new Uint8Array(0);
const BRACE = 0x7b;
const SWITCHING_PROTOCOLS = 101;

export class TurnSession implements Conversation {
  readonly #capture: Capture;
  readonly #upgrade: Attempt;
  readonly #headers: Headers;
  readonly #protocol: SessionProtocol;
  readonly #reader: SessionReader;
  readonly #setup: Record<SessionSide, string | null> = { client: null, server: null };
  readonly #turns: Turn[] = [];
  readonly #isOn: () => boolean;

  /** @param isOn false once capture is switched off: turns under way go on, none begins. */
  constructor(capture: Capture, upgrade: Attempt, headers: Headers, protocol: SessionProtocol, isOn: () => boolean) {
    this.#capture = capture;
    this.#upgrade = upgrade;
    // What the upgrade said of limits is old when a turn ends.
    this.#headers = Object.fromEntries(Object.entries(headers).filter(([name]) => !name.includes('ratelimit')));
    this.#protocol = protocol;
    this.#reader = protocol.start();
    this.#isOn = isOn;
  }

  message(side: SessionSide, bytes: Uint8Array, cut: boolean, atMs: number, caller: Context): void {
    // Gemini sends its JSON in binary messages; everything else that is binary is sound.
    if (bytes[0] !== BRACE || !this.#protocol.wants[side].test(edges(bytes))) return;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, cut ? Math.min(bytes.length, EDGE_BYTES) : bytes.length);
    for (const sign of this.#reader.read(side, text.toString())) this.#take(side, sign, atMs, caller);
  }

  close(failure: ExchangeFailure | null): void {
    for (const turn of this.#turns.splice(0)) {
      turn.attempt.end(turn.settled ? null : (failure ?? { class: 'aborted', code: null }));
      turn.attempt.deliver();
    }
  }

  #take(side: SessionSide, { kind, id, line }: SessionSign, atMs: number, caller: Context): void {
    switch (kind) {
      case 'setup':
        this.#setup[side] = line;
        return;
      case 'begin':
        this.#begin({ question: id, line, atMs, caller });
        return;
      case 'started':
        this.#started(id, atMs);
        return;
      case 'note':
        say(this.#turns.at(-1), line);
        return;
      case 'usage':
        this.#usage(line, atMs);
        return;
      case 'settled':
        for (const turn of this.#turns) turn.settled = true;
        return;
      case 'refused':
        this.#refused(id, line);
        return;
      case 'end':
        this.#end(this.#started(id, atMs), line);
        return;
      case 'lost': {
        const turn = this.#started(id, atMs);
        turn?.attempt.bodyNotSeen();
        this.#end(turn, null);
      }
    }
  }

  #begin(asked: { question: string | null; line: string | null; atMs: number; caller: Context }): Turn | undefined {
    if (!this.#isOn() || this.#turns.length >= MAX_OPEN_TURNS) return undefined;
    // What a compressed message was sent in is not known for sure: then the session's own caller it is.
    const caller = asked.caller === ROOT_CONTEXT ? this.#upgrade.start.caller : asked.caller;
    const attempt = this.#capture.beginTurn(this.#upgrade, caller, asked.atMs);
    if (attempt === null) return undefined;
    if (this.#setup.client !== null) attempt.sent(lineOf(this.#setup.client));
    if (asked.line !== null) attempt.sent(lineOf(asked.line));
    const turn: Turn = { attempt, question: asked.question, id: null, started: false, settled: false };
    this.#turns.push(turn);
    return turn;
  }

  /** The turn of this id; else the oldest question without an answer; else one that the server began by itself. */
  #started(id: string | null, atMs: number): Turn | undefined {
    const known = id === null ? this.#turns[0] : this.#turns.find((one) => one.id === id);
    const turn =
      known ??
      this.#turns.find((one) => one.id === null) ??
      this.#begin({ question: null, line: null, atMs, caller: ROOT_CONTEXT });
    if (turn === undefined) return undefined;
    turn.id ??= id;
    this.#answer(turn);
    return turn;
  }

  #answer(turn: Turn): void {
    if (turn.started) return;
    turn.started = true;
    turn.attempt.answer(SWITCHING_PROTOCOLS, this.#headers);
    turn.attempt.received(NOTHING);
    if (this.#setup.server !== null) turn.attempt.received(lineOf(this.#setup.server));
  }

  #usage(line: string | null, atMs: number): void {
    const open = this.#turns.at(-1);
    if (open?.started === true) say(open, line);
    else {
      const own = this.#begin({ question: null, line: null, atMs, caller: ROOT_CONTEXT });
      if (own !== undefined) this.#answer(own);
      this.#end(own, line);
    }
  }

  #refused(question: string | null, line: string | null): void {
    const turn = this.#turns.find((one) => !one.started && one.question === question);
    if (turn === undefined) return;
    this.#answer(turn);
    this.#end(turn, line);
  }

  #end(turn: Turn | undefined, line: string | null): void {
    if (turn === undefined) return;
    this.#turns.splice(this.#turns.indexOf(turn), 1);
    say(turn, line);
    turn.attempt.end(null);
    turn.attempt.deliver();
  }
}

/** A session of which no turns are known: one call, from its upgrade to its end. */
export class WholeSession implements Conversation {
  readonly #upgrade: Attempt;

  constructor(upgrade: Attempt) {
    this.#upgrade = upgrade;
  }

  message(side: SessionSide, bytes: Uint8Array, cut: boolean): void {
    if (side === 'client' || bytes[0] !== BRACE || cut) return;
    this.#upgrade.received(bytes);
    this.#upgrade.received(LINE_END);
  }

  close(failure: ExchangeFailure | null): void {
    this.#upgrade.end(failure);
    this.#upgrade.deliver();
  }
}

const LINE_END = Buffer.from('\n');

function lineOf(line: string): Uint8Array {
  return Buffer.from(`${line}\n`);
}

function say(turn: Turn | undefined, line: string | null): void {
  if (turn !== undefined && line !== null) turn.attempt.received(lineOf(line));
}

function edges({ buffer, byteOffset, length }: Uint8Array): string {
  const bytes = Buffer.from(buffer, byteOffset, length);
  if (length <= 2 * EDGE_BYTES) return bytes.toString('latin1');
  return `${bytes.toString('latin1', 0, EDGE_BYTES)}\n${bytes.toString('latin1', length - EDGE_BYTES)}`;
}
