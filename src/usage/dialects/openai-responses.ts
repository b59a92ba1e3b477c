/** OpenAI's Responses API, also as spoken by others: plain answers, streams, background work, compaction. */
import { CUT_KEY } from '../body/cut-json.ts';
import { count, elements, identifier, isCut, object, text, wholeArray, wholeObject } from '../body/fields.ts';
import type { JsonObject } from '../body/fields.ts';
import { tokenCounts } from '../reader/counts.ts';
import { readError } from '../reader/errors.ts';
import { mergeUsage } from '../reader/findings.ts';
import type { AnswerReader, CallInfo, Dialect, Findings } from '../reader/findings.ts';
import type { UsagePart } from '../record.ts';
import { openaiTokens } from './openai-usage.ts';
import type { ReasoningRule } from './openai-usage.ts';

export interface OpenaiResponsesOptions {
  readonly reasoning?: ReasoningRule;
  readonly conclude?: (usage: JsonObject, found: Findings, call: CallInfo) => void;
}

const UNDER_WAY: ReadonlySet<string> = new Set(['queued', 'in_progress']);

const WANTS =
  /"usage"\s*:\s*\{|"type"\s*:\s*"(?:response\.(?:created|completed|incomplete|failed|cancelled|done)|error)"/;

export function openaiResponses(options: OpenaiResponsesOptions = {}): Dialect {
  return {
    wants: WANTS,
    start(call: CallInfo, found: Findings): AnswerReader {
      let status: string | null = null;
      let incomplete: string | null = null;
      let toolUsage: JsonObject | null = null;
      let searches: number | null = null;
      let fileSearches: number | null = null;
      let imageModel: string | null = null;
      // The usage came in a final event whose beginning, and with it the status, is cut off.
      let statusCut = false;
      let lastItemStatus: string | null = null;
      let maxOutput = count(call.request.get('max_output_tokens'));
      return {
        observe(part) {
          const type = text(part['type']) ?? '';
          // Events wrap the response; in one whose beginning is cut, it is the object whose key is missing.
          const response = responseIn(part, type);
          if (response === null) return;
          found.responseId = identifier(response['id']) ?? found.responseId;
          found.responseModel = identifier(response['model']) ?? found.responseModel;
          found.serviceTier = identifier(response['service_tier']) ?? found.serviceTier;
          const stated = identifier(response['status']) ?? statusOfEvent(type);
          status = stated ?? status;
          maxOutput = count(response['max_output_tokens']) ?? maxOutput;
          lastItemStatus = identifier(elements(response, 'output').at(-1)?.['status']) ?? lastItemStatus;
          incomplete = identifier(object(response['incomplete_details'])?.['reason']) ?? incomplete;
          toolUsage = wholeObject(response['tool_usage']) ?? toolUsage;
          const usage = wholeObject(response['usage']);
          if (usage !== null) {
            mergeUsage(found, usage);
            found.usageIsFinal = true;
            statusCut = stated === null && response !== part && isCut(response);
          }
          if (response !== part) {
            const error = readError(response, false);
            if (error !== null) found.error = error;
          }
          const output = wholeArray(response, 'output');
          if (output !== null) {
            searches = output.filter(isSearch).length;
            fileSearches = output.filter((item) => object(item)?.['type'] === 'file_search_call').length;
          }
          for (const tool of elements(response, 'tools'))
            if (tool['type'] === 'image_generation') imageModel = identifier(tool['model']) ?? imageModel;
        },
        conclude() {
          if (statusCut) status = likelyStatus(found, lastItemStatus, maxOutput);
          if (status !== null && !UNDER_WAY.has(status)) {
            found.finishReasons.set(0, (status === 'incomplete' ? incomplete : null) ?? status);
            found.ended = true;
          }
          if (status === 'failed' && found.error === null)
            found.error = { code: 'failed', type: null, message: null, status: null, details: null };
          found.pending = found.usage === null && status !== null && UNDER_WAY.has(status);
          if (found.usage !== null) found.tokens = openaiTokens(found.usage, options.reasoning);
          const searched = count(object(toolUsage?.['web_search'])?.['num_requests']) ?? searches;
          if (searched !== null && searched > 0) found.units.searches = searched;
          if (fileSearches !== null && fileSearches > 0) found.units.tool_calls = fileSearches;
          addImageTool(object(toolUsage?.['image_gen']), imageModel, found);
          options.conclude?.(found.usage ?? {}, found, call);
        },
      };
    },
  };
}

/**
 * Usage is stated by completed and by incomplete responses. An incomplete one ends with an item that says so, or has used
 * as many tokens as it was allowed.
 */
function likelyStatus(found: Findings, lastItemStatus: string | null, maxOutput: number | null): string {
  const output = count(found.usage?.['output_tokens']);
  if (maxOutput !== null && output !== null && output >= maxOutput) return 'max_output_tokens';
  return lastItemStatus === 'incomplete' ? 'incomplete' : 'completed';
}

function responseIn(part: JsonObject, type: string): JsonObject | null {
  const wrapped = object(part['response']);
  if (wrapped !== null) return wrapped;
  if (Object.hasOwn(part, 'usage')) return part;
  // Any object whose key was cut off may be an output item; a response has a usage.
  const cut = object(part[CUT_KEY]);
  if (cut !== null) return Object.hasOwn(cut, 'usage') ? cut : null;
  return type.startsWith('response.') ? null : part;
}

/** The image tool's tokens are billed at the image model's price, beside the response's own. */
function addImageTool(usage: JsonObject | null, model: string | null, found: Findings): void {
  if (usage === null) return;
  const tokens = tokenCounts(openaiTokens(usage));
  if (!((tokens.input ?? 0) > 0 || (tokens.output ?? 0) > 0)) return;
  const own: UsagePart = {
    kind: 'response',
    model: found.responseModel ?? found.requestModel,
    tokens: tokenCounts(found.tokens),
    units: {},
  };
  found.parts = [own, { kind: 'image_generation', model, tokens, units: {} }];
}

function isSearch(item: unknown): boolean {
  const call = object(item);
  if (call?.['type'] !== 'web_search_call') return false;
  const action = text(object(call['action'])?.['type']);
  return action === null || action === 'search';
}

/** `response.completed` says the status also where the response's own is cut off. */
function statusOfEvent(type: string): string | null {
  const match = /^response\.(completed|incomplete|failed|cancelled)$/.exec(type);
  return match?.[1] ?? null;
}
