/** Rerank in the shape that Voyage, Jina, OpenRouter and others share: `usage{total_tokens, search_units}`. */
import { count, firstCount, identifier, object, wholeObject } from '../body/fields.ts';
import { mergeUsage } from '../reader/findings.ts';
import type { Dialect } from '../reader/findings.ts';

export const rerankUsage: Dialect = {
  wants: null,
  start: (_call, found) => ({
    observe(part) {
      found.responseId = identifier(part['id']) ?? found.responseId;
      found.responseModel = identifier(part['model']) ?? found.responseModel;
      const usage = wholeObject(part['usage']) ?? wholeObject(part['meta']);
      if (usage !== null) mergeUsage(found, usage);
    },
    conclude() {
      const { usage } = found;
      if (usage === null) return;
      const total = firstCount(usage['total_tokens'], object(usage['tokens'])?.['input_tokens']);
      found.tokens = { input: firstCount(usage['prompt_tokens'], total), total };
      const units = firstCount(usage['search_units'], object(usage['billed_units'])?.['search_units']);
      if (count(units) !== null) found.units.search_units = units ?? 0;
    },
  }),
};
