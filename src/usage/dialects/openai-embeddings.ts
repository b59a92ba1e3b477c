/** Embeddings in OpenAI's shape: input tokens only, sometimes only as the total (Voyage). */
import { count, identifier, wholeObject } from '../body/fields.ts';
import { mergeUsage } from '../reader/findings.ts';
import type { Dialect } from '../reader/findings.ts';
import { openaiTokens } from './openai-usage.ts';

export const openaiEmbeddings: Dialect = {
  wants: null,
  start: (_call, found) => ({
    observe(part) {
      found.responseId = identifier(part['id']) ?? found.responseId;
      found.responseModel = identifier(part['model']) ?? found.responseModel;
      const usage = wholeObject(part['usage']);
      if (usage !== null) mergeUsage(found, usage);
    },
    conclude() {
      if (found.usage === null) return;
      const { input, total, inputImage, inputVideo, inputAudio } = openaiTokens(found.usage);
      found.tokens = {
        input: input ?? total ?? null,
        total: total ?? null,
        inputImage: inputImage ?? count(found.usage['image_tokens']),
        inputVideo: inputVideo ?? null,
        inputAudio: inputAudio ?? null,
      };
    },
  }),
};
