/** OpenAI's images, videos, speech and transcription, and those who speak like them. */
import { amount, count, identifier, looseAmount, object, text, wholeArray, wholeObject } from '../body/fields.ts';
import type { JsonObject } from '../body/fields.ts';
import { mergeUsage } from '../reader/findings.ts';
import type { CallInfo, Dialect, Findings } from '../reader/findings.ts';
import { hasTokens, openaiTokens } from './openai-usage.ts';

/** A provider's own fields: cost, other units. */
export type AlsoReads = (part: JsonObject, found: Findings, call: CallInfo) => void;

/** Images: tokens where the model has them (gpt-image-*), and always how many were made, and at what size. */
export function openaiImages(also?: AlsoReads): Dialect {
  return {
    wants: /"usage"|"type"\s*:\s*"(?:image_generation|image_edit)\.completed"|"error"/,
    start(call, found) {
      let images: number | null = null;
      let listSeen = false;
      return {
        observe(part) {
          listSeen ||= Array.isArray(part['data']);
          found.responseModel = identifier(part['model']) ?? found.responseModel;
          found.size = identifier(part['size']) ?? found.size;
          found.quality = identifier(part['quality']) ?? found.quality;
          const data = wholeArray(part, 'data') ?? wholeArray(part, 'images');
          if (data !== null) images = data.length;
          else if (/\.completed$/.test(text(part['type']) ?? '')) images = (images ?? 0) + 1;
          noteUsage(part, found);
          also?.(part, found, call);
        },
        conclude() {
          found.size ??= identifier(call.request.get('size')) ?? identifier(call.request.get('aspect_ratio'));
          found.quality ??= identifier(call.request.get('quality'));
          if (found.usage !== null && hasTokens(found.usage)) found.tokens = openaiTokens(found.usage);
          if (found.error !== null || isRefused(call)) return;
          if (images !== null) {
            found.units.images = images;
          } else if (call.gap && call.complete) {
            // The answer's middle is missing (pictures are large): as many as were asked for. That it is one, if one was
            // asked for, the beginning of the list says.
            const asked = looseCount(call.request.get('n')) ?? 1;
            found.units.images = asked;
            found.usageSource = found.usage === null && !(listSeen && asked === 1) ? 'request' : null;
          }
        },
      };
    },
  };
}

/** Speech: characters of the input; models priced by tokens state them in `stream_format: "sse"` only. */
export function openaiSpeech(also?: AlsoReads): Dialect {
  return {
    wants: /"usage"|speech\.audio\.done|"error"/,
    start: (call, found) => ({
      observe(part) {
        noteUsage(part, found);
        also?.(part, found, call);
      },
      conclude() {
        if (found.usage !== null && hasTokens(found.usage)) found.tokens = openaiTokens(found.usage);
        if (found.error !== null || isRefused(call)) return;
        const input = text(call.request.get('input')) ?? text(call.request.get('text'));
        if (input === null) return;
        found.units.characters = codePoints(input);
        found.usageSource = found.usage === null ? 'request' : null;
      },
    }),
  };
}

/** Transcription and translation: tokens or a duration, as the model is priced. */
export function openaiTranscription(also?: AlsoReads): Dialect {
  return {
    wants: /"usage"|transcript\.text\.done|"duration"|"error"/,
    start(call, found) {
      let seconds: number | null = null;
      return {
        observe(part) {
          found.responseModel = identifier(part['model']) ?? found.responseModel;
          // `verbose_json` has the duration at the top; Mistral's usage has it as `prompt_audio_seconds`.
          seconds = looseAmount(part['duration']) ?? seconds;
          noteUsage(part, found);
          also?.(part, found, call);
        },
        conclude() {
          const { usage } = found;
          if (usage !== null && hasTokens(usage)) found.tokens = openaiTokens(usage);
          seconds = amount(usage?.['seconds']) ?? amount(usage?.['prompt_audio_seconds']) ?? seconds;
          if (seconds !== null) found.units.audio_seconds = seconds;
        },
      };
    },
  };
}

/**
 * Video jobs: the answer to the start repeats what was ordered; polls repeat it again and are `restated`, so that the
 * seconds are counted once, at the start. A job that failed made none.
 */
export function openaiVideo(also?: AlsoReads): Dialect {
  return {
    wants: null,
    start(call, found) {
      let seconds: number | null = null;
      let status: string | null = null;
      return {
        observe(part) {
          found.responseId = identifier(part['id']) ?? identifier(part['request_id']) ?? found.responseId;
          found.responseModel = identifier(part['model']) ?? found.responseModel;
          found.size = identifier(part['size']) ?? identifier(part['resolution']) ?? found.size;
          status = identifier(part['status']) ?? status;
          seconds = looseAmount(part['seconds']) ?? looseAmount(part['duration']) ?? seconds;
          seconds = looseAmount(object(part['video'])?.['duration']) ?? seconds;
          noteUsage(part, found);
          also?.(part, found, call);
        },
        conclude() {
          const { request } = call;
          found.size ??= identifier(request.get('size')) ?? identifier(request.get('resolution'));
          if (found.error !== null || isRefused(call) || status === 'failed') return;
          const stated = seconds;
          seconds ??= looseAmount(request.get('seconds')) ?? looseAmount(request.get('duration'));
          if (seconds === null) {
            found.pending = true;
            return;
          }
          found.units.video_seconds = seconds;
          if (stated === null) found.usageSource = 'request';
        },
      };
    },
  };
}

function noteUsage(part: JsonObject, found: Findings): void {
  const usage = wholeObject(part['usage']);
  if (usage === null) return;
  mergeUsage(found, usage);
  found.usageIsFinal = true;
}

export function isRefused(call: CallInfo): boolean {
  const { response } = call.exchange;
  return response === null || response.status >= 400;
}

/** A number that forms send as text. */
export function looseCount(value: unknown): number | null {
  return typeof value === 'string' && /^\d{1,4}$/.test(value) ? Number(value) : count(value);
}

/** Characters as providers bill them: code points, not UTF-16 units. */
export function codePoints(value: string): number {
  let points = value.length;
  for (let at = 0; at < value.length - 1; at++) {
    const code = value.charCodeAt(at);
    if (code >= 0xd800 && code < 0xdc00) {
      const next = value.charCodeAt(at + 1);
      if (next >= 0xdc00 && next < 0xe000) {
        points--;
        at++;
      }
    }
  }
  return points;
}
