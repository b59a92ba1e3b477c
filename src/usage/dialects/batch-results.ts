/**
 * A batch's results: one line a request, each with the answer that the request alone would have had. A line becomes a
 * part (kind `batch_line`) with its id, model, tokens and units, and nothing is stated at the top: the ledger makes each
 * line a call of its own, once.
 */
import { child, identifier, object } from '../body/fields.ts';
import type { JsonObject } from '../body/fields.ts';
import type { BodyView } from '../exchange.ts';
import { bodyParts } from '../framing/body-parts.ts';
import { saysNothing, tokenCounts } from '../reader/counts.ts';
import { decoded } from '../reader/decoded.ts';
import { detachedCall, newFindings } from '../reader/findings.ts';
import type { Dialect, Findings } from '../reader/findings.ts';
import type { UsagePart } from '../record.ts';

/** How an answer within a line is read. */
export type AnswerDialect = (answer: JsonObject) => Dialect;

/** Reads one line of a result file, without its line break; `index` counts them from 0. Never throws. */
export type ResultLineReader = (line: BodyView, index: number) => ReadLine;

export interface ReadLine {
  /** False where this is no line of a batch's results at all: any other file that somebody downloads. */
  readonly isResult: boolean;
  /** Empty where nothing was used: the request failed. More than one where the answer itself has parts. */
  readonly parts: readonly UsagePart[];
}

const NO_LINE: ReadLine = { isResult: false, parts: [] };

/** One line that has been parsed, or the two pieces of one that was too long to be kept whole. */
export function batchLines(
  items: JsonObject | readonly JsonObject[],
  index: number,
  dialectOf: AnswerDialect,
): ReadLine {
  const pieces = Array.isArray(items) ? (items as readonly JsonObject[]) : [items as JsonObject];
  let customId: string | null = null;
  let googleKey: string | null = null;
  let isResult = false;
  const answers: JsonObject[] = [];
  for (const piece of pieces) {
    const key = piece['key'] ?? object(piece['metadata'])?.['key'];
    isResult ||= piece['custom_id'] !== undefined || key !== undefined || 'response' in piece;
    customId ??= identifier(piece['custom_id']);
    googleKey ??= identifier(key);
    const answer = answerIn(piece);
    if (answer !== null) answers.push(answer);
  }
  const [first] = answers;
  if (!isResult || first === undefined) return { isResult, parts: [] };
  const found = readAnswers(answers, dialectOf(first));
  // Each is the only one of its kind in the batch; that Google's keys are nobody says, so they come last but one.
  const id = customId ?? found.responseId ?? googleKey ?? `#${index}`;
  return { isResult, parts: partsOf(id, found) };
}

/** OpenAI: `response.body`; Anthropic: `result.message`; Gemini: `response`. */
function answerIn(line: JsonObject): JsonObject | null {
  return child(child(line, 'response'), 'body') ?? child(child(line, 'result'), 'message') ?? object(line['response']);
}

function readAnswers(answers: readonly JsonObject[], dialect: Dialect): Findings {
  const found = newFindings({ kind: 'call', operation: 'batch', serviceType: 'text', model: null });
  const reader = dialect.start(detachedCall(answers.length > 1), found);
  for (const answer of answers) reader.observe(answer, null);
  reader.conclude?.();
  return found;
}

function partsOf(id: string, found: Findings): UsagePart[] {
  const { units, responseId, responseModel: model } = found;
  const nothing = saysNothing(found.tokens) && Object.keys(units).length === 0;
  const common = { kind: 'batch_line', ...(responseId !== null && { responseId }) };
  const own: UsagePart[] = nothing ? [] : [{ ...common, id, model, tokens: tokenCounts(found.tokens), units }];
  if (found.parts.length === 0) return own;
  // As in a call that is not of a batch, parts are what is priced; what they leave out is what is beside tokens.
  return found.parts.map((part, index) => ({
    ...common,
    id: index === 0 ? id : `${id}#${index}`,
    model: part.model,
    tokens: part.tokens,
    units: index === 0 ? { ...units, ...part.units } : part.units,
  }));
}

export function resultLineReader(dialectOf: AnswerDialect): ResultLineReader {
  return (line, index) => {
    try {
      const { parts } = bodyParts(line, null);
      return parts.length === 0
        ? NO_LINE
        : batchLines(
            parts.map(({ value }) => value),
            index,
            dialectOf,
          );
    } catch {
      return NO_LINE;
    }
  };
}

const BATCH_OF_RESULTS = /\/batches\/([^/]+)\/results$/;
const GOOGLE_FILE = /\/(files\/[^/]+):download$/;
const FILE = /\/files\/([^/]+)\/content$/;

/** A result file that is at hand, or whose lines were read as they came (`exchange.response.lines`). */
export function batchResults(dialectOf: AnswerDialect): Dialect {
  return {
    wants: null,
    start(call, found) {
      const lines = call.exchange.response?.lines;
      let results = 0;
      let index = 0;
      return {
        observe(part) {
          if (lines !== undefined) return;
          const line = batchLines(part, index++, dialectOf);
          if (line.isResult) results++;
          found.parts.push(...line.parts);
        },
        conclude() {
          found.serviceTier = 'batch';
          const { pathname } = call.url;
          // Anthropic's path names the batch; the others' files have names of their own.
          found.responseId = decoded(
            (BATCH_OF_RESULTS.exec(pathname) ?? GOOGLE_FILE.exec(pathname) ?? FILE.exec(pathname))?.[1],
          );
          if (lines !== undefined) {
            found.parts.push(...lines.parts);
            results = lines.read;
            found.droppedLines = lines.dropped;
            if (found.parts.length > 0) found.usageSource = 'stream-final';
          } else if (call.gap || !call.complete) {
            // Some lines would be counted and some not, and nobody would know which.
            found.parts = [];
          }
          if (results === 0) {
            found.kind = 'admin';
            found.operation = 'admin';
          }
        },
      };
    },
  };
}
