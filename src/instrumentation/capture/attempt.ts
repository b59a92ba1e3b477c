/**
 * One attempt from its start to its end, whatever the transport. A transport tells what it saw; nothing here touches the
 * request or the answer. Methods may throw: transports call them through the guard.
 */
import { context as contexts } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import type {
  BodyView,
  Exchange,
  ExchangeFailure,
  ExchangeResponse,
  Headers,
  Provider,
  ResultLines,
} from '@wiretally/usage';
import type { ActiveCall, CallTiming } from '../call-observer.ts';
import { ChunkGaps } from '../chunk-gaps.ts';
import { BodyCollector } from './body.ts';
import type { BodySink } from './body.ts';
import { codingOf } from './codings.ts';
import { EncodedBody } from './encoded-body.ts';
import type { DropReason, FaultPlace } from './counters.ts';
import type { CaptureLimits } from './limits.ts';
import { ResultLinesCollector } from './result-lines.ts';

/** How a transport's request objects are read. One value a transport, asked only when the attempt ends. */
export interface RequestReader<R> {
  headers(request: R): Headers;
  /** The body where nothing of it was sent, as when no connection came about; null where it cannot be seen. */
  unsentBody(request: R): Uint8Array | null;
}

export interface AttemptStart<R> {
  readonly call: ActiveCall;
  readonly provider: Provider;
  /** The context of the code that made the request. */
  readonly caller: Context;
  readonly request: R;
  readonly reader: RequestReader<R>;
  readonly method: string;
  readonly url: URL;
  readonly startedAtMs: number;
  /** False where too many exchanges are under way: only status and times are kept. */
  readonly keepBodies: boolean;
  /** Longer beginnings of bodies are kept: somebody reads what was said. */
  readonly keepContent: boolean;
}

/** What an attempt asks of the capture that began it. */
export interface AttemptOwner {
  readonly limits: CaptureLimits;
  now(): number;
  /** Called once, when the exchange went out or was dropped. */
  ended(attempt: Attempt, outcome: 'emitted' | DropReason, error?: unknown): void;
  fault(place: FaultPlace, error: unknown): void;
  /** Decoding goes on after the end: the promise never rejects. */
  pending(work: Promise<void>): void;
}

/** `fetch` and others follow these; a hop is a request of its own (contracts: hops are not records). */
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Answers without a body, whatever their headers say. */
const BODILESS = new Set([204, 205, 304]);

export class Attempt<R = unknown> {
  readonly #owner: AttemptOwner;
  readonly #start: AttemptStart<R>;
  #requestBody: BodyCollector | null = null;
  #status = 0;
  #headers: Headers | null = null;
  #receivedAtMs = 0;
  #firstChunkAtMs: number | null = null;
  #chunkGaps: ChunkGaps | null = null;
  #responseBody: BodySink | null = null;
  #lines: ResultLinesCollector | null = null;
  #endedAtMs: number | null = null;
  #failure: ExchangeFailure | null = null;
  #left = false;
  #written = false;
  #arrived = false;
  #delivered = false;
  #handedOver = false;
  #progress = 0;
  #sweptProgress = -1;

  constructor(owner: AttemptOwner, start: AttemptStart<R>) {
    this.#owner = owner;
    this.#start = start;
  }

  /** What it began with: turns of a session begin with the same. */
  get start(): AttemptStart<R> {
    return this.#start;
  }

  /** The caller's context with our span active. */
  get context(): Context {
    return this.#start.call.context;
  }

  /** The request goes out, perhaps again: undici sends a queued request anew when its connection was lost. */
  sending(): void {
    if (this.#endedAtMs !== null) return;
    this.#requestBody = null;
    this.#status = 0;
    this.#headers = null;
    this.#responseBody = null;
    this.#lines = null;
    this.#firstChunkAtMs = null;
    this.#chunkGaps = null;
  }

  /** The application writes the request, or ends it. */
  writing(): void {
    if (this.#written) return;
    this.#written = true;
    this.#start.call.writtenIn?.(contexts.active());
  }

  /** A piece of the request's body was sent. */
  sent(chunk: Uint8Array): void {
    if (!this.#start.keepBodies || this.#endedAtMs !== null) return;
    this.#collectRequest(chunk);
  }

  /** Whether the answer's head has arrived. */
  get answered(): boolean {
    return this.#headers !== null;
  }

  /** The answer's head arrived; informational ones (1xx) are the transport's to leave out. */
  answer(status: number, headers: Headers): void {
    if (this.#endedAtMs !== null) return;
    this.#status = status;
    this.#headers = headers;
    this.#receivedAtMs = this.#owner.now();
    this.#progress += 1;
    const streamed = isStream(headers['content-type']);
    if (streamed) this.#chunkGaps = new ChunkGaps();
    if (!this.#start.keepBodies) return;
    const { limits } = this.#owner;
    const headLimit = this.#headLimit(streamed ? limits.streamHeadBytes : limits.headBytes);
    const bodiless = this.#start.method === 'HEAD' || BODILESS.has(status);
    const coding = bodiless ? null : codingOf(headers['content-encoding']);
    this.#lines = this.#resultLines(headLimit);
    const decoded = this.#lines ?? new BodyCollector(headLimit, limits.tailBytes);
    this.#responseBody = coding === null ? decoded : new EncodedBody(coding, decoded, this.#decodingLimits());
  }

  /** Null for nearly all answers, which are not a batch's result file. */
  #resultLines(headLimit: number): ResultLinesCollector | null {
    const { method, provider, url } = this.#start;
    if (method !== 'GET' || this.#status !== 200) return null;
    const read = provider.results?.(method, url) ?? null;
    if (read === null) return null;
    const flush = (lines: ResultLines): void => {
      try {
        this.#start.call.lines?.(this.#exchange(null, lines), this.#timing());
      } catch (error) {
        this.#owner.fault('observer', error);
      }
    };
    return new ResultLinesCollector(headLimit, { read, limits: this.#owner.limits, flush });
  }

  #decodingLimits(): CaptureLimits {
    const { limits } = this.#owner;
    if (this.#lines === null) return limits;
    return { ...limits, decodedBytes: limits.resultBytes, decodeQueueBytes: limits.resultQueueBytes };
  }

  /** A piece of the answer's body arrived. */
  received(chunk: Uint8Array): void {
    if (this.#endedAtMs !== null) return;
    this.#progress += 1;
    if (this.#chunkGaps !== null) {
      const atMs = this.#owner.now();
      this.#firstChunkAtMs ??= atMs;
      this.#chunkGaps.chunk(atMs);
    } else {
      this.#firstChunkAtMs ??= this.#owner.now();
    }
    this.#responseBody?.push(chunk);
  }

  /** The transport threw the answer's body away before we could see it. */
  bodyNotSeen(): void {
    if (this.#endedAtMs === null) this.#responseBody = null;
  }

  /** Fixes how it ended: the first end counts, several paths end twice. `deliver` follows. */
  end(failure: ExchangeFailure | null): void {
    if (this.#endedAtMs !== null) return;
    this.#endedAtMs = this.#owner.now();
    this.#failure = failure;
  }

  /** Ends it as left lying where nothing has moved since the sweep before. */
  sweep(): void {
    if (this.#endedAtMs === null && this.answered && this.#progress === this.#sweptProgress) {
      this.#left = true;
      this.end(null);
      this.deliver();
    }
    this.#sweptProgress = this.#progress;
  }

  /** Hands the exchange over, once. Apart from `end`, so that the application gets its answer before we read it. */
  deliver(): void {
    if (this.#delivered || this.#endedAtMs === null) return;
    this.#delivered = true;
    const body = this.#isRedirect() ? null : this.#finishBody();
    if (body instanceof Promise) this.#owner.pending(body.then((view) => this.#handOver(view)));
    else this.#handOver(body);
  }

  /** The request became a session, whose turns are attempts of their own: ends without a record. Instead of `end`. */
  becomeSession(): void {
    if (this.#endedAtMs !== null) return;
    this.end(null);
    this.#delivered = true;
    this.#handedOver = true;
    this.#start.call.discard();
    this.#owner.ended(this, 'session');
  }

  /** The answer's end is here; `end` tells a moment later whether that is all. */
  arrived(): void {
    this.#arrived = true;
  }

  /** The process ends now: hands over what there is, decoded or not. */
  abandon(): void {
    this.end(this.#arrived ? null : { class: 'aborted', code: null });
    const body = this.#arrived && !this.#delivered ? this.#finishBody() : null;
    this.#delivered = true;
    this.#handOver(body === null || body instanceof Promise ? (this.#responseBody?.soFar() ?? null) : body);
  }

  #finishBody(): BodyView | Promise<BodyView> | null {
    try {
      return this.#responseBody?.finish(this.#failure === null && !this.#left) ?? null;
    } catch (error) {
      this.#owner.fault('decode', error);
      return null;
    }
  }

  #isRedirect(): boolean {
    return this.#headers !== null && REDIRECTS.has(this.#status) && this.#headers['location'] !== undefined;
  }

  #handOver(body: BodyView | null): void {
    if (this.#handedOver) return;
    this.#handedOver = true;
    const { call } = this.#start;
    try {
      if (this.#isRedirect()) {
        call.discard();
        this.#owner.ended(this, 'redirect');
        return;
      }
      call.end(this.#exchange(body, this.#lines?.rest), this.#timing());
      this.#owner.ended(this, 'emitted');
    } catch (error) {
      this.#owner.ended(this, 'failed', error);
    } finally {
      this.#requestBody = null;
      this.#responseBody = null;
      this.#lines = null;
    }
  }

  #timing(): CallTiming {
    const { startedAtMs } = this.#start;
    return {
      durationMs: (this.#endedAtMs ?? this.#owner.now()) - startedAtMs,
      timeToFirstChunkMs: this.#firstChunkAtMs === null ? null : this.#firstChunkAtMs - startedAtMs,
      chunkGaps: this.#chunkGaps,
    };
  }

  #exchange(body: BodyView | null, lines?: ResultLines): Exchange {
    const { method, url, request, reader, keepBodies } = this.#start;
    const response: ExchangeResponse | null =
      this.#headers === null
        ? null
        : { status: this.#status, headers: this.#headers, body, ...(lines !== undefined && { lines }) };
    return {
      request: { method, url: url.href, headers: reader.headers(request), body: this.#requestView() },
      response,
      failure: this.#failure,
      ...(response === null ? {} : { receivedAtMs: this.#receivedAtMs }),
      ...(keepBodies ? {} : { overload: true }),
    };
  }

  #requestView(): BodyView | null {
    const { request, reader, keepBodies } = this.#start;
    if (!keepBodies) return null;
    const unsent = this.#requestBody === null ? reader.unsentBody(request) : null;
    if (unsent !== null && unsent.length > 0) this.#collectRequest(unsent);
    return this.#requestBody?.finish(true) ?? null;
  }

  #headLimit(usual: number): number {
    return this.#start.keepContent ? Math.max(usual, this.#owner.limits.contentHeadBytes) : usual;
  }

  #collectRequest(chunk: Uint8Array): void {
    const { headBytes, tailBytes } = this.#owner.limits;
    this.#requestBody ??= new BodyCollector(this.#headLimit(headBytes), tailBytes);
    this.#requestBody.push(chunk);
  }
}

function isStream(contentType: string | undefined): boolean {
  return contentType !== undefined && /event-?stream|ndjson|jsonl|json-seq/i.test(contentType);
}
