/** Operations whose answers state nothing that is billed. */
import { identifier } from '../body/fields.ts';
import type { Dialect } from '../reader/findings.ts';
import type { Unit } from '../record.ts';

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

/** One request that was served is one unit (search APIs). */
export function countedAs(unit: Unit): Dialect {
  return {
    wants: null,
    start: (call, found) => ({
      observe(part) {
        found.responseId = identifier(part['id']) ?? found.responseId;
      },
      conclude() {
        const { response } = call.exchange;
        if (response === null || response.status >= 400 || found.error !== null) return;
        found.units[unit] = 1;
        found.usageSource = 'request';
      },
    }),
  };
}
