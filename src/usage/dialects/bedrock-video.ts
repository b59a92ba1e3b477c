/** Bedrock's asynchronous jobs (Nova Reel, Luma): nothing is stated, seconds are those that were ordered. */
import { identifier, looseAmount, object } from '../body/fields.ts';
import type { Dialect } from '../reader/findings.ts';
import { isRefused } from './openai-media.ts';

export const bedrockVideo: Dialect = {
  wants: null,
  start: (call, found) => ({
    observe(part) {
      found.responseId = identifier(part['invocationArn']) ?? found.responseId;
    },
    conclude() {
      found.requestModel ??= identifier(call.request.get('modelId'));
      if (isRefused(call) || found.error !== null || found.kind === 'restated') return;
      const input = object(call.request.get('modelInput'));
      const config = object(input?.['videoGenerationConfig']);
      const seconds = looseAmount(config?.['durationSeconds']) ?? looseAmount(input?.['duration']);
      found.size = identifier(config?.['dimension']) ?? identifier(input?.['resolution']);
      if (seconds === null) {
        found.pending = true;
        return;
      }
      found.units.video_seconds = seconds;
      found.usageSource = 'request';
    },
  }),
};
