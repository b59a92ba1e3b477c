/** Google's `:predict` (Imagen, Vertex embeddings), `:predictLongRunning` (Veo) with its polls, and the Interactions API. */
import { CUT_KEY } from '../body/cut-json.ts';
import {
  amount,
  child,
  count,
  elements,
  firstCount,
  identifier,
  looseAmount,
  object,
  sumKnown,
  text,
  wholeArray,
  wholeObject,
} from '../body/fields.ts';
import type { JsonObject } from '../body/fields.ts';
import { mergeUsage } from '../reader/findings.ts';
import type { Dialect } from '../reader/findings.ts';
import type { TokenCounts } from '../record.ts';
import { codePoints, isRefused, looseCount } from './openai-media.ts';

/** Imagen states no usage: the pictures that came are counted. Text embeddings on Vertex state a count per prediction. */
export const googlePredict: Dialect = {
  wants: null,
  start(call, found) {
    let images: number | null = null;
    let tokens: number | null = null;
    let embeds = false;
    let characters: number | null = null;
    const asked = wholeArray({ instances: call.request.get('instances') }, 'instances')?.length ?? null;
    return {
      observe(part) {
        const whole = wholeArray(part, 'predictions');
        const predictions = elements(part, 'predictions');
        const stated = predictions.map(embeddingTokens);
        if (stated.some((value) => value !== null)) {
          embeds = true;
          // Of one text the count is known also where its vector was too long to keep.
          if (whole !== null || asked === 1) tokens = sumKnown(...stated);
        }
        // A filtered picture is an entry with a reason instead of bytes.
        if (whole !== null) images = predictions.filter(isPicture).length;
        characters = count(object(part['metadata'])?.['billableCharacterCount']) ?? characters;
      },
      conclude() {
        const model = found.requestModel ?? '';
        if (embeds || /embedding|gecko/.test(model)) {
          found.operation = 'embeddings';
          found.serviceType = 'embedding';
          if (tokens !== null) found.tokens = { input: tokens };
          if (characters !== null) found.units.characters = characters;
          return;
        }
        if (!/imag|try-on|recontext/.test(model) && !((images ?? 0) > 0)) {
          // Somebody's own model behind `:predict`: nothing here says what it bills.
          found.operation = 'other';
          found.serviceType = 'other';
          return;
        }
        const parameters = object(call.request.get('parameters'));
        found.size = identifier(parameters?.['sampleImageSize']) ?? identifier(parameters?.['imageSize']);
        if (isRefused(call) || found.error !== null) return;
        if (images !== null || (call.framing === 'json' && call.complete && !call.gap)) {
          // Where all were filtered there is no list at all.
          found.units.images = images ?? 0;
        } else if (call.gap && call.complete) {
          found.units.images = looseCount(parameters?.['sampleCount']) ?? 1;
          found.usageSource = 'request';
        }
      },
    };
  },
};

function isPicture(prediction: JsonObject): boolean {
  return 'bytesBase64Encoded' in prediction || 'gcsUri' in prediction || 'mimeType' in prediction;
}

function embeddingTokens(prediction: JsonObject): number | null {
  const statistics = object(child(prediction, 'embeddings')?.['statistics']);
  return firstCount(statistics?.['token_count'], statistics?.['tokenCount']);
}

/** Veo clips last 8 seconds unless told otherwise (ai.google.dev, Veo: `durationSeconds`). */
const VEO_DEFAULT_SECONDS = 8;

/**
 * Veo's start: nobody states what it will use, so the seconds are those that were ordered, and they are counted here and
 * nowhere else. Its polls are `restated`: they tell the end and the number of clips, not their length.
 */
export const veoStart: Dialect = {
  wants: null,
  start: (call, found) => ({
    observe(part) {
      found.responseId = identifier(part['name']) ?? found.responseId;
    },
    conclude() {
      const parameters = object(call.request.get('parameters'));
      found.size = identifier(parameters?.['resolution']);
      found.audio = typeof parameters?.['generateAudio'] === 'boolean' ? parameters['generateAudio'] : null;
      if (isRefused(call) || found.error !== null) return;
      if (call.request.size !== null && !call.request.whole && parameters === null) return;
      const seconds = looseAmount(parameters?.['durationSeconds']) ?? VEO_DEFAULT_SECONDS;
      const samples = firstCount(parameters?.['sampleCount'], parameters?.['numberOfVideos']) ?? 1;
      found.units.video_seconds = seconds * samples;
      found.usageSource = 'request';
    },
  }),
};

/** The operation's state: `done`, an error, or samples. */
export const googleOperation: Dialect = {
  wants: null,
  start: (_call, found) => ({
    observe(part) {
      found.responseId = identifier(part['name']) ?? found.responseId;
      if (part['done'] !== true) found.pending = true;
    },
  }),
};

/** Cloud Text-to-Speech: nothing is stated; characters of the input, where SSML's tags count but for `mark`. */
export const googleSpeech: Dialect = {
  wants: null,
  start: (call, found) => ({
    observe() {
      // The answer is audio in base64.
    },
    conclude() {
      const voice = object(call.request.get('voice'));
      const named = identifier(voice?.['modelName']) ?? identifier(voice?.['model_name']);
      found.requestModel = named ?? voiceFamily(identifier(voice?.['name']));
      if (isRefused(call) || found.error !== null) return;
      const characters = inputCharacters(object(call.request.get('input')));
      if (characters === null) return;
      found.units.characters = characters;
      found.usageSource = 'request';
    },
  }),
};

function inputCharacters(input: JsonObject | null): number | null {
  if (input === null) return null;
  const ssml = text(input['ssml']);
  if (ssml !== null) return codePoints(ssml.replaceAll(/<\/?mark\b[^>]*>/gi, ''));
  const plain = text(input['text']) ?? text(input['markup']);
  if (plain !== null) return codePoints(plain);
  const turns = object(input['multiSpeakerMarkup'])?.['turns'];
  if (!Array.isArray(turns)) return null;
  return sumKnown(...turns.map((turn) => codePoints(text(object(turn)?.['text']) ?? '')));
}

/** `en-US-Chirp3-HD-Charon` → `chirp3-hd`: prices are by family. A name of another make stays as it is. */
function voiceFamily(name: string | null): string | null {
  const family = /-(standard|wavenet|neural2|studio|chirp3-hd|chirp-hd|polyglot|news|casual|journey)\b/i.exec(
    name ?? '',
  );
  return family?.[1]?.toLowerCase() ?? name;
}

/** Interactions: counts as in `usageMetadata` under other names; modalities in lower case. */
export const geminiInteractions: Dialect = {
  wants: /"usage"|"event_type"\s*:\s*"interaction\.|"error"/,
  start(_call, found) {
    let status: string | null = null;
    return {
      observe(part) {
        const interaction = object(part['interaction']) ?? wrapped(part);
        found.responseId = identifier(interaction['id']) ?? found.responseId;
        found.responseModel = identifier(interaction['model']) ?? found.responseModel;
        found.serviceTier = identifier(interaction['service_tier']) ?? found.serviceTier;
        status = identifier(interaction['status']) ?? status;
        const whole = wholeObject(interaction['usage']);
        const running =
          wholeObject(object(part['metadata'])?.['usage']) ?? wholeObject(object(part['metadata'])?.['total_usage']);
        if (whole !== null) found.usageIsFinal = true;
        const usage = whole ?? running;
        if (usage !== null) mergeUsage(found, usage);
      },
      conclude() {
        if (status !== null && status !== 'in_progress' && status !== 'queued') found.finishReasons.set(0, status);
        if (found.usage !== null) found.tokens = interactionTokens(found.usage);
        else found.pending = status === 'in_progress' || status === 'queued';
      },
    };
  },
};

/** In an event whose beginning is cut, the interaction's key is missing. */
function wrapped(part: JsonObject): JsonObject {
  return Object.hasOwn(part, 'usage') || Object.hasOwn(part, 'id') ? part : (object(part[CUT_KEY]) ?? part);
}

function interactionTokens(usage: JsonObject): Partial<TokenCounts> {
  const thoughts = firstCount(usage['total_thought_tokens'], usage['total_reasoning_tokens']);
  const inputBy = usage['input_tokens_by_modality'];
  const outputBy = usage['output_tokens_by_modality'];
  return {
    input: sumKnown(count(usage['total_input_tokens']), count(usage['total_tool_use_tokens'])),
    output: sumKnown(count(usage['total_output_tokens']), thoughts),
    total: count(usage['total_tokens']),
    cacheRead: count(usage['total_cached_tokens']),
    reasoning: thoughts,
    inputAudio: byModality(inputBy, 'audio'),
    inputImage: byModality(inputBy, 'image'),
    inputVideo: byModality(inputBy, 'video'),
    outputAudio: byModality(outputBy, 'audio'),
    outputImage: byModality(outputBy, 'image'),
    outputVideo: byModality(outputBy, 'video'),
  };
}

function byModality(value: unknown, modality: string): number | null {
  if (!Array.isArray(value)) return null;
  const matching = value.slice(0, 32).flatMap((item) => {
    const entry = object(item);
    return text(entry?.['modality'])?.toLowerCase() === modality ? [amount(entry?.['tokens']) ?? 0] : [];
  });
  return matching.length === 0 ? null : matching.reduce((sum, tokens) => sum + tokens, 0);
}
