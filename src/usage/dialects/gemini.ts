/** Google's generateContent family (Gemini API and Vertex): thoughts and tool prompts stand beside the other counts. */
import { count, elements, firstCount, identifier, object, sumKnown, text, wholeObject } from '../body/fields.ts';
import type { JsonObject } from '../body/fields.ts';
import { mergeUsage } from '../reader/findings.ts';
import type { AnswerReader, CallInfo, Dialect, Findings } from '../reader/findings.ts';
import type { TokenCounts } from '../record.ts';

/** Enum values are numbers where the client asked for `enum-encoding=int` (google.cloud.aiplatform.v1). */
const FINISH_REASONS = [
  'FINISH_REASON_UNSPECIFIED',
  'STOP',
  'MAX_TOKENS',
  'SAFETY',
  'RECITATION',
  'OTHER',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'SPII',
  'MALFORMED_FUNCTION_CALL',
  'MODEL_ARMOR',
  'IMAGE_SAFETY',
  'IMAGE_PROHIBITED_CONTENT',
  'IMAGE_RECITATION',
  'IMAGE_OTHER',
  'UNEXPECTED_TOOL_CALL',
  'NO_IMAGE',
];
const MODALITIES = ['MODALITY_UNSPECIFIED', 'TEXT', 'IMAGE', 'VIDEO', 'AUDIO', 'DOCUMENT'];
const TRAFFIC_TYPES = ['TRAFFIC_TYPE_UNSPECIFIED', 'ON_DEMAND', 'PROVISIONED_THROUGHPUT'];

const WANTS = /"usageMetadata"|"finishReason"|"promptFeedback"|"groundingMetadata"|"error"/;

export const geminiContent: Dialect = {
  wants: WANTS,
  start(call: CallInfo, found: Findings): AnswerReader {
    const queries = new Set<string>();
    let blockReason: string | null = null;
    let last: JsonObject | null = null;
    return {
      observe(part) {
        // Gemini's code assistant and some SDK transports wrap the answer.
        const answer = object(part['response']) ?? part;
        found.responseId = identifier(answer['responseId']) ?? found.responseId;
        found.responseModel = identifier(answer['modelVersion']) ?? found.responseModel;
        blockReason = identifier(object(answer['promptFeedback'])?.['blockReason']) ?? blockReason;
        elements(answer, 'candidates').forEach((candidate, position) => {
          const reason = enumName(candidate['finishReason'], FINISH_REASONS);
          if (reason !== null) {
            found.finishReasons.set(count(candidate['index']) ?? position, reason);
            found.usageIsFinal = true;
          }
          const searched = object(candidate['groundingMetadata'])?.['webSearchQueries'];
          if (Array.isArray(searched))
            for (const query of searched.slice(0, MAX_QUERIES)) if (text(query) !== null) queries.add(query as string);
        });
        const usage = wholeObject(answer['usageMetadata']);
        if (usage !== null) {
          last = usage;
          mergeUsage(found, usage);
        }
      },
      conclude() {
        if (found.usage !== null) noteGeminiUsage(found.usage, last, found);
        found.serviceType = serviceTypeOf(call, found);
        if (queries.size > 0) found.units.searches = queries.size;
        // A blocked prompt is refused before there is a candidate.
        if (blockReason !== null && found.finishReasons.size === 0 && found.error === null)
          found.error = { code: blockReason, type: 'content_filter', message: null, status: null, details: null };
      },
    };
  },
};

const MAX_QUERIES = 256;

/** `embedContent` of newer models. */
export const geminiEmbeddings: Dialect = {
  wants: null,
  start: (call, found) => ({
    observe(part) {
      found.responseModel = identifier(part['modelVersion']) ?? found.responseModel;
      const usage = wholeObject(part['usageMetadata']);
      if (usage !== null) mergeUsage(found, usage);
    },
    conclude() {
      if (found.usage === null) return;
      const { output: _output, reasoning: _reasoning, ...input } = geminiTokens(found.usage);
      found.tokens = { ...input, input: input.input ?? count(found.usage['totalTokenCount']) };
      void call;
    },
  }),
};

/**
 * Counts grow from chunk to chunk and Vertex leaves them out in the middle, so the last stated value of each field
 * holds. But with tools on Google's side a chunk can begin to count anew: where the last object adds up to its own
 * total, it is the whole truth, and fields that it lacks belong to earlier rounds.
 */
function noteGeminiUsage(usage: JsonObject, last: JsonObject | null, found: Findings): void {
  const merged = geminiTokens(usage);
  const final = last !== null && addsUp(last) ? geminiTokens(last) : merged;
  found.tokens = { ...final, cacheRead: final.cacheRead ?? merged.cacheRead ?? null };
  found.serviceTier =
    identifier(usage['serviceTier']) ?? enumName(usage['trafficType'], TRAFFIC_TYPES) ?? found.serviceTier;
}

function addsUp(usage: JsonObject): boolean {
  const { input, output, total } = geminiTokens(usage);
  return (total ?? null) !== null && (input ?? 0) + (output ?? 0) === total && (output ?? null) !== null;
}

/** `promptTokensDetails` in answers of generateContent, `promptTokenDetails` in those of embedContent. */
export function geminiTokens(usage: JsonObject): Partial<TokenCounts> {
  const prompt = count(usage['promptTokenCount']);
  const toolUse = count(usage['toolUsePromptTokenCount']);
  const candidates = firstCount(usage['candidatesTokenCount'], usage['responseTokenCount']);
  const thoughts = count(usage['thoughtsTokenCount']);
  const promptDetails = [
    ...details(usage['promptTokensDetails'] ?? usage['promptTokenDetails']),
    ...details(usage['toolUsePromptTokensDetails']),
  ];
  const outputDetails = details(usage['candidatesTokensDetails'] ?? usage['responseTokensDetails']);
  const cacheDetails = details(usage['cacheTokensDetails']);
  return {
    input: sumKnown(prompt, toolUse),
    output: sumKnown(candidates, thoughts),
    total: count(usage['totalTokenCount']),
    cacheRead: count(usage['cachedContentTokenCount']),
    reasoning: thoughts,
    inputAudio: ofModality(promptDetails, 'AUDIO'),
    inputImage: ofModality(promptDetails, 'IMAGE'),
    inputVideo: ofModality(promptDetails, 'VIDEO'),
    outputAudio: ofModality(outputDetails, 'AUDIO'),
    outputImage: ofModality(outputDetails, 'IMAGE'),
    outputVideo: ofModality(outputDetails, 'VIDEO'),
    cacheReadAudio: ofModality(cacheDetails, 'AUDIO'),
  };
}

interface ModalityCount {
  readonly modality: string;
  readonly tokens: number;
}

function details(value: unknown): ModalityCount[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, 32).flatMap((item): ModalityCount[] => {
    const entry = object(item);
    const modality = enumName(entry?.['modality'], MODALITIES);
    // A count of zero is left out by Google's serialiser.
    const tokens = entry?.['tokenCount'] === undefined ? 0 : count(entry['tokenCount']);
    return modality === null || tokens === null ? [] : [{ modality: modality.toUpperCase(), tokens }];
  });
}

function ofModality(entries: readonly ModalityCount[], modality: string): number | null {
  const matching = entries.filter((entry) => entry.modality === modality);
  return matching.length === 0 ? null : matching.reduce((sum, entry) => sum + entry.tokens, 0);
}

function enumName(value: unknown, names: readonly string[]): string | null {
  return typeof value === 'number' ? (names[value] ?? null) : identifier(value);
}

function serviceTypeOf(call: CallInfo, found: Findings): Findings['serviceType'] {
  const tokens = found.tokens;
  if ((tokens.outputImage ?? 0) > 0) return 'image';
  if ((tokens.outputAudio ?? 0) > 0) return 'speech';
  if ((tokens.outputVideo ?? 0) > 0) return 'video';
  const config = object(call.request.get('generationConfig')) ?? object(call.request.get('generation_config'));
  const modalities = config?.['responseModalities'] ?? config?.['response_modalities'];
  if (Array.isArray(modalities)) {
    const names = modalities.map((name) => text(name)?.toUpperCase());
    if (names.includes('IMAGE') && !names.includes('TEXT')) return 'image';
    if (names.includes('AUDIO')) return 'speech';
  }
  const model = found.requestModel ?? '';
  if (/-tts\b/.test(model)) return 'speech';
  return 'text';
}
