/** A body as the documents in it: every event of a stream, every frame, parsed one by one. */
import { responseBytes } from '../corpus.ts';
import type { RecordedExchange } from '../corpus.ts';

export type Json = Readonly<Record<string, unknown>>;

export function parseDocuments(exchange: RecordedExchange): Json[] {
  const bytes = responseBytes(exchange);
  if (exchange.stream_format === 'aws-eventstream') return parseEventStream(bytes);
  const text = bytes.toString('utf8');
  const whole = parse(text);
  if (whole !== null) return (Array.isArray(whole) ? whole : [whole]).filter(isObject);
  return text
    .split(/\r?\n/)
    .map((line) => parse(line.startsWith('data:') ? line.slice(5) : line))
    .filter(isObject);
}

/** Every frame's payload; the inner document where a chunk carries base64. */
function parseEventStream(bytes: Buffer): Json[] {
  const documents: Json[] = [];
  for (let at = 0; at + 16 <= bytes.length;) {
    const total = bytes.readUInt32BE(at);
    const headers = bytes.readUInt32BE(at + 4);
    const payload = parse(bytes.toString('utf8', at + 12 + headers, at + total - 4));
    if (isObject(payload)) {
      const inner =
        typeof payload['bytes'] === 'string' ? parse(Buffer.from(payload['bytes'], 'base64').toString()) : payload;
      if (isObject(inner)) documents.push(inner);
    }
    at += total;
  }
  return documents;
}

export function field(value: unknown, key: string): unknown {
  return isObject(value) ? value[key] : undefined;
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
