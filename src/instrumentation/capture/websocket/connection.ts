/** The bytes of one connection, in both directions, as messages in the order in which they came. */
import { context as contexts } from '@opentelemetry/api';
import type { ExchangeFailure, Headers, SessionSide } from '@wiretally/usage';
import type { Capture } from '../capture.ts';
import { deflateAgreement, MessageInflater } from './deflate.ts';
import { FrameReader } from './frames.ts';
import type { Conversation } from './session.ts';

export class Connection {
  readonly #capture: Capture;
  readonly #conversation: Conversation;
  readonly #frames: Record<SessionSide, FrameReader>;
  readonly #inflaters: Record<SessionSide, MessageInflater>;
  /** Messages, and the end, that wait for one which is being inflated. */
  #waiting = 0;
  #waitingBytes = 0;
  #queue: Promise<void> = Promise.resolve();
  #failure: ExchangeFailure | null = null;
  #closed = false;
  #told = false;

  /** @param headers of the answer to the upgrade. */
  constructor(capture: Capture, conversation: Conversation, headers: Headers) {
    this.#capture = capture;
    this.#conversation = conversation;
    const { messageBytes, decodeQueueBytes } = capture.limits;
    const limits = { messageBytes, compressedBytes: decodeQueueBytes };
    const frames = (side: SessionSide): FrameReader =>
      new FrameReader(limits, (payload, compressed, cut) => this.#message(side, payload, compressed, cut));
    this.#frames = { client: frames('client'), server: frames('server') };
    const { client, server } = deflateAgreement(headers['sec-websocket-extensions']);
    this.#inflaters = {
      client: new MessageInflater(messageBytes, client),
      server: new MessageInflater(messageBytes, server),
    };
  }

  sent(bytes: Uint8Array): void {
    this.#frames.client.push(bytes);
    if (this.#frames.client.broken) this.#lost();
  }

  received(bytes: Uint8Array): void {
    this.#frames.server.push(bytes);
    if (this.#frames.server.broken) this.#lost();
  }

  failed(failure: ExchangeFailure): void {
    this.#failure ??= failure;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const end = (): void => {
      this.#inflaters.client.close();
      this.#inflaters.server.close();
      this.#conversation.close(this.#failure);
    };
    if (this.#waiting === 0) end();
    else this.#enqueue(0, () => end());
  }

  #message(side: SessionSide, payload: Uint8Array, compressed: boolean, cut: boolean): void {
    const atMs = this.#capture.now();
    const caller = contexts.active();
    if (!compressed && this.#waiting === 0) {
      this.#conversation.message(side, payload, cut, atMs, caller);
      return;
    }
    if (this.#waitingBytes > this.#capture.limits.decodeQueueBytes) {
      // One that is left out makes those after it unreadable.
      if (compressed) {
        this.#inflaters[side].close();
        this.#lost();
      }
      return;
    }
    const copy = Uint8Array.from(payload);
    this.#enqueue(copy.length, async () => {
      const message = compressed ? await this.#inflaters[side].inflate(copy) : { bytes: copy, cut };
      if (message === null) this.#lost();
      else this.#conversation.message(side, message.bytes, message.cut, atMs, caller);
    });
  }

  /** Turns that come now are not seen: that has to be told, once a session. */
  #lost(): void {
    if (this.#told) return;
    this.#told = true;
    this.#capture.fault('decode', new Error('what is said on a WebSocket can no longer be followed'));
  }

  #enqueue(bytes: number, work: () => void | Promise<void>): void {
    this.#waiting += 1;
    this.#waitingBytes += bytes;
    this.#queue = this.#after(this.#queue, bytes, work);
    this.#capture.pending(this.#queue);
  }

  async #after(earlier: Promise<void>, bytes: number, work: () => void | Promise<void>): Promise<void> {
    await earlier;
    try {
      await work();
    } catch (error) {
      this.#capture.fault('decode', error);
    }
    this.#waiting -= 1;
    this.#waitingBytes -= bytes;
  }
}
