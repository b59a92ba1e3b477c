/** When a recorded answer was made: as its body says (`created`, `created_at`, `createTime`), else its `date` header. */
import type { RecordedExchange } from './corpus.ts';
import { isObject, parseDocuments } from './truth/documents.ts';

/** @returns epoch milliseconds, or null where the recording does not say. */
export function answeredAtMs(exchange: RecordedExchange): number | null {
  for (const document of parseDocuments(exchange)) {
    for (const holder of [document, document['response']].filter(isObject)) {
      const seconds = holder['created'] ?? holder['created_at'];
      if (typeof seconds === 'number' && seconds > 1e9 && seconds < 1e10) return seconds * 1000;
      const text = holder['createTime'] ?? holder['created_at'];
      if (typeof text === 'string' && !Number.isNaN(Date.parse(text))) return Date.parse(text);
    }
  }
  const { date } = exchange.response_headers;
  return date === undefined || Number.isNaN(Date.parse(date)) ? null : Date.parse(date);
}
