/** Veo: a long-running operation that is polled until it is done. No answer states any usage. */
import { identifier } from '../identifiers.ts';
import { json } from '../wire.ts';
import type { Answer } from '../wire.ts';
import { googleError } from './google-error.ts';

export interface VideoOperations {
  start(model: string): Answer;
  /** @returns null where the path is no operation's. */
  poll(path: string): Answer | null;
}

/** Done at the second poll, so that a client that only asks once is not told too early. */
export function videoOperations(): VideoOperations {
  const polls = new Map<string, number>();
  return {
    start(model) {
      const name = `models/${model}/operations/${identifier('')}`;
      polls.set(name, 0);
      return json(200, { name });
    },
    poll(path) {
      const name = /models\/[^/]+\/operations\/[^/]+$/.exec(path)?.[0];
      if (name === undefined) return null;
      const seen = polls.get(name);
      if (seen === undefined) return googleError(404, 'NOT_FOUND', `Operation ${name} is not found.`);
      polls.set(name, seen + 1);
      if (seen === 0) return json(200, { name });
      return json(200, {
        name,
        done: true,
        response: {
          '@type': 'type.googleapis.com/google.ai.generativelanguage.v1beta.PredictLongRunningResponse',
          generateVideoResponse: {
            generatedSamples: [{ video: { uri: `https://video.invalid/${identifier('')}:download?alt=media` } }],
          },
        },
      });
    },
  };
}
