/** Batches: the job's own object, as it is created, polled, listed and cancelled. */
import { identifier, object, objectsOf, wholeArray, wholeObject } from '../body/fields.ts';
import type { JsonObject } from '../body/fields.ts';
import { mergeUsage } from '../reader/findings.ts';
import type { Dialect } from '../reader/findings.ts';
import { batchLines } from './batch-results.ts';
import { geminiContent } from './gemini.ts';
import { openaiTokens } from './openai-usage.ts';

/** Ids, the state, the file of the results, and the usage once the provider adds it. */
export const batchJob: Dialect = {
  wants: null,
  start(_call, found) {
    let model: string | null = null;
    let underWay = false;
    return {
      observe(part) {
        found.responseId = identifier(part['id']) ?? identifier(part['name']) ?? found.responseId;
        found.resultsId = resultsFile(part) ?? found.resultsId;
        model = identifier(part['model']) ?? model;
        underWay = isUnderWay(part);
        const usage = underWay ? null : wholeObject(part['usage']);
        if (usage !== null) mergeUsage(found, usage);
        inlineAnswers(part).forEach((item, index) =>
          found.parts.push(...batchLines(item, index, () => geminiContent).parts),
        );
      },
      conclude() {
        found.responseModel = model;
        found.serviceTier = 'batch';
        if (found.usage !== null) found.tokens = openaiTokens(found.usage);
        // The results have what was used, whoever fetches them.
        else found.pending = found.parts.length === 0;
      },
    };
  },
};

const STATES =
  /^(?:validating|queued|pending|running|in_progress|processing|finalizing|cancell?ing|cancellation_requested)$/i;

/** Usage of a batch that is not done yet is 0, or a value on the way. */
function isUnderWay(job: JsonObject): boolean {
  const state =
    identifier(job['status']) ?? identifier(job['processing_status']) ?? identifier(object(job['metadata'])?.['state']);
  return state !== null && STATES.test(state.replace(/^(?:BATCH|JOB)_STATE_/, ''));
}

/** OpenAI and those like it; Mistral; Gemini, whose file names begin with `files/`. */
function resultsFile(job: JsonObject): string | null {
  return (
    identifier(job['output_file_id']) ??
    identifier(job['output_file']) ??
    identifier(object(job['response'])?.['responsesFile'])
  );
}

/** Gemini's finished job holds the answers to requests that came within it. */
function inlineAnswers(job: JsonObject): JsonObject[] {
  const holder = object(object(job['response'])?.['inlinedResponses']);
  return objectsOf(wholeArray(holder, 'inlinedResponses') ?? []);
}
