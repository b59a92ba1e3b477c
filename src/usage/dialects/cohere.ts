/** Cohere v1 and v2: `tokens` were processed, `billed_units` are paid; both are kept. */
import { child, count, firstCount, identifier, object, text, wholeObject } from '../body/fields.ts';
import type { JsonObject } from '../body/fields.ts';
import { readError } from '../reader/errors.ts';
import { mergeUsage } from '../reader/findings.ts';
import type { AnswerReader, CallInfo, Dialect, Findings } from '../reader/findings.ts';

const WANTS =
  /"usage"|"meta"|"message-end"|"stream-end"|"message-start"|"stream-start"|"finish_reason"\s*:\s*"|"error"/;

export const cohereText: Dialect = {
  wants: WANTS,
  start(_call: CallInfo, found: Findings): AnswerReader {
    return {
      observe(part) {
        const type = text(part['event_type']) ?? text(part['type']) ?? '';
        // v2 streams put the end into `delta`, v1's last line has the whole response.
        const delta = object(part['delta']);
        if (text(delta?.['error']) !== null) found.error = readError({ error: delta?.['error'] }, false);
        const response = object(part['response']) ?? (type === 'stream-end' ? child(part, 'response') : null);
        const body = response ?? part;
        found.responseId =
          identifier(body['generation_id']) ??
          identifier(part['generation_id']) ??
          identifier(part['id']) ??
          identifier(body['id']) ??
          identifier(body['response_id']) ??
          found.responseId;
        found.responseModel = identifier(part['model']) ?? found.responseModel;
        noteFinish(
          identifier(part['finish_reason']) ??
            identifier(delta?.['finish_reason']) ??
            identifier(body['finish_reason']) ??
            identifier(child(part, 'response')?.['finish_reason']),
          found,
        );
        const generations = part['generations'] ?? body['generations'];
        if (Array.isArray(generations))
          generations.forEach((item, index) => {
            const reason = identifier(object(item)?.['finish_reason']);
            if (reason !== null) found.finishReasons.set(index, reason);
          });
        const usage =
          wholeObject(part['usage']) ??
          wholeObject(delta?.['usage']) ??
          wholeObject(body['meta']) ??
          wholeObject(part['meta']) ??
          cutResponseMeta(part);
        if (usage !== null) {
          mergeUsage(found, usage);
          found.usageIsFinal = true;
        }
      },
      conclude() {
        if (found.usage !== null) noteCohereUsage(found.usage, found);
      },
    };
  },
};

/** The last line of a v1 stream, its beginning cut: the response's key is missing, its `meta` is not. */
function cutResponseMeta(part: JsonObject): JsonObject | null {
  return wholeObject(child(part, 'response')?.['meta']);
}

function noteFinish(reason: string | null, found: Findings): void {
  if (reason !== null) found.finishReasons.set(0, reason);
}

/** Embeddings and rerank: what is billed is all that is stated. */
export const cohereMeta: Dialect = {
  wants: null,
  start: (_call, found) => ({
    observe(part) {
      found.responseId = identifier(part['id']) ?? found.responseId;
      const meta = wholeObject(part['meta']);
      if (meta !== null) mergeUsage(found, meta);
    },
    conclude() {
      if (found.usage !== null) noteCohereUsage(found.usage, found);
    },
  }),
};

export function noteCohereUsage(usage: JsonObject, found: Findings): void {
  const billed = object(usage['billed_units']);
  const tokens = object(usage['tokens']);
  const billedInput = count(billed?.['input_tokens']);
  const billedOutput = count(billed?.['output_tokens']);
  found.tokens = {
    input: count(tokens?.['input_tokens']) ?? billedInput,
    output: count(tokens?.['output_tokens']) ?? billedOutput,
    cacheRead: firstCount(usage['cached_tokens'], tokens?.['cached_tokens']),
    inputImage: firstCount(billed?.['image_tokens'], tokens?.['image_tokens']),
    billedInput,
    billedOutput,
  };
  const searchUnits = count(billed?.['search_units']);
  if (searchUnits !== null) found.units.search_units = searchUnits;
  const images = count(billed?.['images']);
  if (images !== null && images > 0) found.units.images = images;
  const pages = count(billed?.['pages']);
  if (pages !== null && pages > 0) found.units.pages = pages;
}
