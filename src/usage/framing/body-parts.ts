/**
 * A response body as the JSON objects in it: one for a plain answer, one an event for a stream. Nobody's content type
 * is believed (DeepSeek's errors are `application/octet-stream`): what the bytes begin with decides.
 */
import type { BodyView } from '../exchange.ts';
import { CUT_KEY, CUT_MARK, parseCutEnd, parseCutStart, parseWhole } from '../body/cut-json.ts';
import { object } from '../body/fields.ts';
import type { JsonObject } from '../body/fields.ts';
import { byteSegments, textSegments } from '../body/segments.ts';
import type { ByteSegment, TextSegment } from '../body/segments.ts';
import { awsFrames, looksLikeAwsEventStream } from './aws-eventstream.ts';
import type { StreamEvent } from './event.ts';
import { jsonArrayParts } from './json-array.ts';
import { looksLikeNdjson, ndjsonEvents } from './ndjson.ts';
import { looksLikeSse, sseEvents } from './sse.ts';

export type Framing = 'empty' | 'json' | 'json-array' | 'sse' | 'ndjson' | 'aws-eventstream' | 'other';

export interface BodyPart {
  readonly value: JsonObject;
  /** The event's name, where the framing has names. */
  readonly name: string | null;
  /** An exception frame of AWS; `name` is its type. */
  readonly isException: boolean;
}

export interface BodyParts {
  readonly framing: Framing;
  readonly parts: readonly BodyPart[];
  /** Bytes are missing between head and tail. */
  readonly gap: boolean;
  /** The end was seen: `data: [DONE]`, `event: done`, or the last brace of a document. */
  readonly done: boolean;
  /** Something that should have been JSON was not. */
  readonly damaged: boolean;
  /** The gap lies within one member of the document, so that none of its other members is missing. */
  readonly gapInside: boolean;
  /** Where bytes are missing: the first of `parts` that comes after them. */
  readonly tailFrom: number | null;
}

const EMPTY: BodyParts = {
  framing: 'empty',
  parts: [],
  gap: false,
  done: false,
  damaged: false,
  gapInside: false,
  tailFrom: null,
};

/**
 * @param wants which events of a stream are worth parsing, asked of their unparsed text. The first and the last one, and
 *   those at a cut, are always parsed. Null: all.
 * @param isSession the body holds the messages of a WebSocket, one a line: a single one is no document with an end.
 */
export function bodyParts(view: BodyView, wants: RegExp | null, isSession = false): BodyParts {
  if (view.length === 0) return EMPTY;
  const bytes = byteSegments(view);
  const gap = bytes.length > 1;
  if (looksLikeAwsEventStream(bytes[0]?.bytes ?? view.head)) {
    const [head = [], tail] = bytes.map(awsParts);
    const parts = tail === undefined ? head : [...head, ...tail];
    return { ...EMPTY, framing: 'aws-eventstream', parts, gap, tailFrom: gap ? head.length : null };
  }
  const segments = textSegments(bytes);
  const start = segments[0]?.text ?? '';
  const first = start.charCodeAt(start.search(/\S/));
  if (first === 91) return jsonArray(segments, gap);
  if (isSession) return stream('ndjson', segments, gap, wants);
  if (first === 123) return looksLikeNdjson(start) ? stream('ndjson', segments, gap, wants) : plain(segments, gap);
  if (looksLikeSse(start)) return stream('sse', segments, gap, wants);
  return { ...EMPTY, framing: start.trim() === '' && !gap ? 'empty' : 'other', gap };
}

function awsParts(segment: ByteSegment): BodyPart[] {
  return awsFrames(segment).flatMap(({ payload, type, isException }) => {
    const value = object(parseWhole(payload)) ?? (isException ? {} : null);
    return value === null ? [] : [{ value, name: type, isException }];
  });
}

function plain(segments: readonly TextSegment[], gap: boolean): BodyParts {
  const parts: BodyPart[] = [];
  let damaged = false;
  let done = false;
  for (const { text, cutStart, cutEnd } of segments) {
    let value = cutStart ? undefined : parseWhole(text);
    // Nothing can come after a closed document, whatever became of the connection.
    if (value !== undefined) done = true;
    else {
      if (!cutStart && cutEnd) value = parseCutEnd(text);
      else if (cutStart && !cutEnd) value = parseCutStart(text);
    }
    if (value === undefined) damaged ||= !cutEnd;
    push(parts, value, null);
  }
  return { ...EMPTY, framing: 'json', parts, gap, done, damaged, gapInside: gap && sameArray(parts) };
}

/**
 * Does the head end, and the tail begin, in an array of the top level? Then it is the same one: no answer of a provider
 * has two long lists.
 */
function sameArray(parts: readonly BodyPart[]): boolean {
  const [head, tail] = parts;
  if (head === undefined || tail === undefined || !Array.isArray(tail.value[CUT_KEY])) return false;
  return Object.values(head.value).some((member) => {
    const last = Array.isArray(member) ? object((member as unknown[]).at(-1)) : null;
    return last !== null && CUT_MARK in last;
  });
}

function jsonArray(segments: readonly TextSegment[], gap: boolean): BodyParts {
  const parts: BodyPart[] = [];
  let damaged = false;
  let tailFrom: number | null = null;
  for (const segment of segments) {
    if (segment.cutStart) tailFrom = parts.length;
    const found = jsonArrayParts(segment);
    if (found === null) damaged = true;
    else for (const value of found) parts.push({ value, name: null, isException: false });
  }
  return { ...EMPTY, framing: 'json-array', parts, gap, damaged, tailFrom };
}

function stream(
  framing: 'sse' | 'ndjson',
  segments: readonly TextSegment[],
  gap: boolean,
  wants: RegExp | null,
): BodyParts {
  const parts: BodyPart[] = [];
  let done = false;
  let damaged = false;
  let tailFrom: number | null = null;
  for (const segment of segments) {
    if (segment.cutStart) tailFrom = parts.length;
    const events = framing === 'sse' ? sseEvents(segment) : ndjsonEvents(segment);
    // `[DONE]` is no event of interest: the one before it is the last.
    let lastIndex = events.length - 1;
    while (lastIndex > 0 && !events[lastIndex]?.data.startsWith('{')) lastIndex--;
    events.forEach((event, index) => {
      const { data, name } = event;
      if (data === '[DONE]' || name === 'done') done = true;
      const edge = index === 0 || index === lastIndex || event.cutStart || event.cutEnd;
      if (!edge && wants !== null && name !== 'error' && !wants.test(data)) return;
      const value = parseEvent(event);
      if (value === undefined && !event.cutStart && !event.cutEnd && /^\s*[[{]/.test(data) && data !== '[DONE]')
        damaged = true;
      push(parts, value, name);
    });
  }
  return { ...EMPTY, framing, parts, gap, done, damaged, tailFrom };
}

function parseEvent({ data, cutStart, cutEnd }: StreamEvent): unknown {
  if (cutStart) return cutEnd ? undefined : parseCutStart(data);
  const whole = parseWhole(data) ?? parseLines(data);
  return whole === undefined && cutEnd ? parseCutEnd(data) : whole;
}

/** Some servers leave out the blank line between events: each line is a document of its own. */
function parseLines(data: string): unknown {
  if (!data.includes('\n{')) return undefined;
  const values = data.split('\n').map((line) => (line === '[DONE]' ? null : parseWhole(line)));
  return values.includes(undefined) ? undefined : values;
}

/** Google wraps errors of some streams in an array. */
function push(parts: BodyPart[], value: unknown, name: string | null): void {
  for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
    const found = object(item);
    if (found !== null) parts.push({ value: found, name, isException: false });
  }
}
