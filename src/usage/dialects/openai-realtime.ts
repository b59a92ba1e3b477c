/**
 * Realtime sessions: the server's messages, one JSON document a line. Each `response.done` states what that turn used, and
 * each is billed, so here counts are added. Transcription of the user's audio runs under a model of its own.
 */
import { amount, count, elements, identifier, object, text, wholeObject } from '../body/fields.ts';
import type { JsonObject } from '../body/fields.ts';
import { tokenCounts } from '../reader/counts.ts';
import { readError } from '../reader/errors.ts';
import type { Dialect } from '../reader/findings.ts';
import type { RateLimit, TokenCounts, UsagePart } from '../record.ts';
import { openaiTokens } from './openai-usage.ts';

const WANTS =
  /"type"\s*:\s*"(?:response\.done|session\.(?:created|updated)|rate_limits\.updated|error|conversation\.item\.input_audio_transcription\.completed)"/;

export const openaiRealtime: Dialect = {
  wants: WANTS,
  start(call, found) {
    const turns: Partial<TokenCounts>[] = [];
    const transcriptions: UsagePart[] = [];
    let transcriptionModel: string | null = null;
    let limits: RateLimit[] = [];
    let responseId: string | null = null;
    return {
      observe(part) {
        const type = text(part['type']);
        const session = object(part['session']);
        found.responseModel = identifier(session?.['model']) ?? found.responseModel;
        found.responseId = identifier(session?.['id']) ?? found.responseId;
        transcriptionModel = transcriptionModelOf(session) ?? transcriptionModel;
        if (type === 'response.done') {
          const response = object(part['response']);
          const usage = wholeObject(response?.['usage']);
          if (usage !== null) turns.push(openaiTokens(usage));
          responseId = identifier(response?.['id']) ?? responseId;
          const error = object(object(response?.['status_details'])?.['error']);
          if (error !== null) found.error = readError({ error }, false) ?? found.error;
          const status = identifier(response?.['status']);
          if (status !== null) found.finishReasons.set(found.finishReasons.size, status);
        } else if (type === 'rate_limits.updated') {
          limits = elements(part, 'rate_limits').flatMap((limit) =>
            readLimit(limit, call.exchange.receivedAtMs ?? null),
          );
        } else if (type?.endsWith('input_audio_transcription.completed') === true) {
          const usage = wholeObject(part['usage']);
          if (usage !== null) transcriptions.push(transcription(usage, transcriptionModel));
        }
      },
      conclude() {
        found.rateLimits.push(...limits);
        // A turn's own id says more than that of the session.
        if (turns.length <= 1) found.responseId = responseId ?? found.responseId;
        // Some turns of a long session are missing: their sum would be a wrong number.
        if (call.gap) return;
        if (turns.length > 0) found.tokens = sumTokens(turns);
        found.parts = transcriptions;
        found.usageIsFinal = true;
      },
    };
  },
};

function transcriptionModelOf(session: JsonObject | null): string | null {
  const audio = object(object(object(session?.['audio'])?.['input'])?.['transcription']);
  return identifier(audio?.['model']) ?? identifier(object(session?.['input_audio_transcription'])?.['model']);
}

function transcription(usage: JsonObject, model: string | null): UsagePart {
  const seconds = amount(usage['seconds']);
  return {
    kind: 'transcription_tool',
    model,
    tokens: tokenCounts(openaiTokens(usage)),
    units: seconds === null ? {} : { audio_seconds: seconds },
  };
}

function readLimit(limit: JsonObject, receivedAtMs: number | null): RateLimit[] {
  const name = identifier(limit['name']);
  const seconds = amount(limit['reset_seconds']);
  if (name === null) return [];
  return [
    {
      name,
      window: 'minute',
      limit: count(limit['limit']),
      remaining: count(limit['remaining']),
      resetSeconds: seconds,
      resetAtMs: seconds === null || receivedAtMs === null ? null : Math.round(receivedAtMs + seconds * 1000),
    },
  ];
}

/** Field by field; what no turn stated stays unknown. */
export function sumTokens(turns: readonly Partial<TokenCounts>[]): Partial<TokenCounts> {
  const sum: Partial<Record<keyof TokenCounts, number>> = {};
  for (const turn of turns)
    for (const [key, value] of Object.entries(turn) as [keyof TokenCounts, number | null][])
      if (value !== null) sum[key] = (sum[key] ?? 0) + value;
  return sum;
}
