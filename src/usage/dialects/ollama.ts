/** Ollama's own API: one JSON object, or one a line; the one with `done: true` has the counts. */
import { count, identifier } from '../body/fields.ts';
import type { Dialect } from '../reader/findings.ts';

export const ollamaNative: Dialect = {
  wants: /"done"\s*:\s*true|_count"|"error"/,
  start(_call, found) {
    let input: number | null = null;
    let output: number | null = null;
    return {
      observe(part) {
        found.responseModel = identifier(part['model']) ?? found.responseModel;
        const reason = identifier(part['done_reason']);
        if (reason !== null) found.finishReasons.set(0, reason);
        // Missing where the whole prompt was cached: then it is not known, not 0.
        input = count(part['prompt_eval_count']) ?? input;
        output = count(part['eval_count']) ?? output;
        if (part['done'] === true) {
          found.ended = true;
          found.usageIsFinal = true;
        } else if (part['done'] === false) {
          // A stream that was left after its first line looks like one closed document.
          found.ended = false;
        }
      },
      conclude() {
        found.tokens = found.operation === 'embeddings' ? { input } : { input, output };
      },
    };
  },
};
