/** What else an answer states: who answered, under which id, why it ended, which error. */
import type { RecordedExchange } from '../corpus.ts';
import { field, isObject, parseDocuments } from './documents.ts';
import type { Json } from './documents.ts';

export interface StatedAnswer {
  readonly response_model: string | null;
  readonly response_id: string | null;
  /** Null where this naive reading does not know the shape. */
  readonly finish_reasons: readonly string[] | null;
  readonly error_type: string | null;
}

export function statedAnswer(exchange: RecordedExchange): StatedAnswer {
  // An error event in a stream has an id of its own.
  const documents = parseDocuments(exchange).filter(
    (document) => exchange.status >= 400 || !isObject(document['error']),
  );
  const holders = documents.flatMap((document) =>
    [document, document['response'], document['message'], document['interaction']].filter(isObject),
  );
  const failed = exchange.status >= 400;
  return {
    response_model: failed ? null : lastText(holders, ['model', 'modelVersion', 'model_version']),
    response_id: failed ? null : lastText(holders, ['id', 'responseId', 'generation_id', 'response_id']),
    finish_reasons: failed ? [] : finishReasons(documents, holders),
    error_type: failed ? errorType(documents[0] ?? {}, exchange) : null,
  };
}

/** The last one stated; an earlier key wins over a later one (Cohere's v1 has `generation_id` and `response_id`). */
function lastText(holders: readonly Json[], keys: readonly string[]): string | null {
  for (const key of keys) {
    const found = holders.map((holder) => holder[key]).findLast((value) => typeof value === 'string' && value !== '');
    if (typeof found === 'string') return found;
  }
  return null;
}

function finishReasons(documents: readonly Json[], holders: readonly Json[]): string[] | null {
  const perChoice = new Map<number, string>();
  for (const choice of holders.flatMap((holder) => list(holder['choices']))) {
    const reason = choice['finish_reason'];
    if (typeof reason === 'string' && reason !== '') perChoice.set(Number(choice['index'] ?? 0), reason);
  }
  if (perChoice.size > 0) return [...perChoice].toSorted(([a], [b]) => a - b).map(([, reason]) => reason);
  const candidates = new Map<number, string>();
  for (const candidate of documents.flatMap((document) => list(document['candidates']))) {
    const reason = candidate['finishReason'];
    if (typeof reason === 'string') candidates.set(Number(candidate['index'] ?? 0), reason);
  }
  if (candidates.size > 0) return [...candidates.values()];
  const single = documents
    .flatMap((document) => [document, document['delta'], document['response']])
    .filter(isObject)
    .flatMap((holder) => [holder['stop_reason'], holder['stopReason'], holder['finish_reason']])
    .filter((value) => typeof value === 'string');
  const last = single.at(-1);
  if (last !== undefined) return [last];
  const response = holders.findLast(
    (holder) => holder['object'] === 'response' && typeof holder['status'] === 'string',
  );
  const status = response?.['status'];
  if (typeof status !== 'string') return null;
  const incomplete = field(response?.['incomplete_details'], 'reason');
  if (typeof incomplete === 'string') return [incomplete];
  return status === 'queued' || status === 'in_progress' ? [] : [status];
}

/** `code ?? type`; Google's `status`; the HTTP status where the body names none. */
function errorType(document: Json, exchange: RecordedExchange): string {
  const error = document['error'];
  const named = [
    field(error, 'status'),
    field(error, 'code'),
    field(error, 'type'),
    exchange.response_headers['x-amzn-errortype']?.split(':')[0],
  ].find((value) => typeof value === 'string' && value !== '');
  return typeof named === 'string' ? named : String(exchange.status);
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
