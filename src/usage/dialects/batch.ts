/**
 * Batches: the job's own object, and result files with one line a request. Lines become parts (kind `batch_line`), each
 * with its model, and nothing at the top: the ledger completes the batch's calls from them.
 */
import { child, identifier, object, wholeArray, wholeObject } from '../body/fields.ts';
import type { JsonObject } from '../body/fields.ts';
import { mergeUsage } from '../reader/findings.ts';
import { tokenCounts } from '../reader/counts.ts';
import { decoded } from '../reader/decoded.ts';
import type { Dialect } from '../reader/findings.ts';
import type { TokenCounts, UsagePart } from '../record.ts';
import { geminiTokens } from './gemini.ts';
import { openaiTokens } from './openai-usage.ts';

/** Created, polled, listed: ids, the state, and the usage once the provider adds it. */
export const batchJob: Dialect = {
  wants: null,
  start(_call, found) {
    let model: string | null = null;
    return {
      observe(part) {
        found.responseId = identifier(part['id']) ?? identifier(part['name']) ?? found.responseId;
        model = identifier(part['model']) ?? model;
        const usage = wholeObject(part['usage']);
        if (usage !== null) mergeUsage(found, usage);
        found.parts.push(...inlineParts(part));
      },
      conclude() {
        found.responseModel = model;
        found.serviceTier = 'batch';
        if (found.usage !== null) found.tokens = openaiTokens(found.usage);
        else found.pending = found.parts.length === 0;
      },
    };
  },
};

/** Gemini's finished job holds the answers to requests that came within it. */
function inlineParts(job: JsonObject): UsagePart[] {
  const holder = object(object(job['response'])?.['inlinedResponses']);
  const answers = wholeArray(holder, 'inlinedResponses') ?? [];
  return answers.flatMap((item): UsagePart[] => {
    const answer = object(object(item)?.['response']);
    const usage = wholeObject(answer?.['usageMetadata']);
    if (usage === null) return [];
    const key = object(object(item)?.['metadata'])?.['key'];
    return [batchLine(key, identifier(answer?.['modelVersion']), geminiTokens(usage))];
  });
}

function batchLine(id: unknown, model: string | null, tokens: Partial<TokenCounts>): UsagePart {
  const named = identifier(id);
  return {
    kind: 'batch_line',
    ...(named !== null && { id: named }),
    model,
    tokens: tokenCounts(tokens),
    units: {},
  };
}

export type LineTokens = (usage: JsonObject) => Partial<TokenCounts>;

const BATCH_OF_RESULTS = /\/batches\/([^/]+)\/results$/;

/** A result file. Where its middle is missing nothing is counted: some lines would be. */
export function batchResults(tokensOf: LineTokens): Dialect {
  return {
    wants: null,
    start(call, found) {
      let lines = 0;
      return {
        observe(part) {
          // OpenAI: `response.body`; Anthropic: `result.message`; Gemini: `response`.
          const answer =
            child(child(part, 'response'), 'body') ??
            child(child(part, 'result'), 'message') ??
            object(part['response']);
          if (answer === null || (part['custom_id'] === undefined && part['key'] === undefined)) return;
          lines++;
          const usage = wholeObject(answer['usage']) ?? wholeObject(answer['usageMetadata']);
          if (usage === null) return;
          const model = identifier(answer['model']) ?? identifier(answer['modelVersion']);
          found.parts.push(batchLine(part['custom_id'] ?? part['key'], model, tokensOf(usage)));
        },
        conclude() {
          found.serviceTier = 'batch';
          // Anthropic's path names the batch; the others' files have names of their own.
          found.responseId = decoded(BATCH_OF_RESULTS.exec(call.url.pathname)?.[1]);
          if (call.gap || !call.complete) found.parts = [];
          // Any other file that somebody downloads.
          if (lines === 0) {
            found.kind = 'admin';
            found.operation = 'admin';
          }
        },
      };
    },
  };
}
