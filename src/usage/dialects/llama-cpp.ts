/** llama.cpp's native `/completion`: `tokens_evaluated` is the prompt, cached part included. */
import { count, identifier, object } from '../body/fields.ts';
import type { Dialect } from '../reader/findings.ts';

export const llamaCppCompletion: Dialect = {
  wants: /"stop"\s*:\s*true|"error"/,
  start: (_call, found) => ({
    observe(part) {
      found.responseModel = identifier(part['model']) ?? found.responseModel;
      const reason = identifier(part['stop_type']);
      if (reason !== null && reason !== 'none') found.finishReasons.set(0, reason);
      if (part['stop'] !== true) return;
      found.tokens = {
        input: count(part['tokens_evaluated']),
        output: count(part['tokens_predicted']),
        // `tokens_cached` is all that the slot holds now, the answer included (server-task.cpp: n_tokens_cached).
        cacheRead: count(object(part['timings'])?.['cache_n']),
      };
      found.ended = true;
      found.usageIsFinal = true;
    },
  }),
};
