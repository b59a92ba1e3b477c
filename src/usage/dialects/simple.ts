/** Operations whose answers state nothing that is billed. */
import { identifier } from '../body/fields.ts';
import type { Dialect } from '../reader/findings.ts';

/** Only ids and models are read: token counting (a count, no consumption), free moderation, administration. */
export const idsOnly: Dialect = {
  wants: null,
  start: (_call, found) => ({
    observe(part) {
      found.responseId = identifier(part['id']) ?? found.responseId;
      found.responseModel = identifier(part['model']) ?? found.responseModel;
    },
  }),
};

/** One request is one unit (search APIs). */
export const countedByRequest: Dialect = {
  wants: null,
  start: (call, found) => ({
    observe(part) {
      found.responseId = identifier(part['id']) ?? found.responseId;
    },
    conclude() {
      const { response } = call.exchange;
      if (response === null || response.status >= 400 || found.error !== null) return;
      found.units.requests = 1;
      found.usageSource = 'request';
    },
  }),
};
