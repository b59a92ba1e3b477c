/** A record made ready for the store: one line of COPY text, and what the rollup needs. */
import { errorMessage } from '../ledger-error.ts';
import { MAX_JSON } from './call-columns.ts';
import { whyNotStorable } from './check-record.ts';
import { cleanJson, isEmpty } from './clean-text.ts';
import type { CountedCall } from './counted-call.ts';
import { parseDecimal } from './decimal.ts';
import { createEncoder, ENCODED_COLUMNS, field, PIECES } from './encode-call.ts';
import type { ParsedRecord } from './ingest-types.ts';
import { createRollupGroups } from './rollup-key.ts';
import type { RollupGroup } from './rollup-key.ts';
import { formatMicros, hourOf } from './timestamp.ts';

export interface PreparedCall extends CountedCall {
  readonly id: string;
  readonly group: RollupGroup;
  /** The rate card that came with the record: not verified yet. */
  readonly cardDefinition: string | null;
  /** COPY text without its newline: the batch follows. */
  readonly line: string;
}

export type Prepared = PreparedCall | { readonly refused: string };

const OWN_COLUMNS = ['created_at', 'id', 'rollup_key', 'model', 'success', 'attributes'];
export const COPY_COLUMNS: readonly string[] = [...OWN_COLUMNS, ...ENCODED_COLUMNS];

/** @param promotedTags at most four keys */
export function createPreparer(promotedTags: readonly string[]): (parsed: ParsedRecord) => Prepared {
  const groupOf = createRollupGroups(promotedTags);
  // One list for all lines: joined, a line is one flat string, while `+=` leaves a hundred pieces to the collector.
  const fields = Array.from({ length: OWN_COLUMNS.length + PIECES }, () => '');
  const encoders = new WeakMap<RollupGroup, ReturnType<typeof createEncoder>>();

  return ({ record, unknown, cardDefinition = null }) => {
    try {
      const refused = whyNotStorable(record);
      if (refused !== null) return { refused };
      const { timeUnixMicros } = record;
      const group = groupOf(record);
      const id = record.id.toLowerCase();
      const success = record.errorType === null && (record.status === null || record.status < 400);
      fields[0] = formatMicros(timeUnixMicros);
      fields[1] = id;
      fields[2] = group.key;
      fields[3] = field(group.model === '' ? null : group.model);
      fields[4] = success ? 't' : 'f';
      fields[5] = isEmpty(unknown) ? '\\N' : field(cleanJson(unknown));
      let encode = encoders.get(group);
      if (encode === undefined) {
        encode = createEncoder();
        encoders.set(group, encode);
      }
      encode(record, fields, OWN_COLUMNS.length);
      const line = fields.join('\t');
      if (line.length > MAX_JSON) return { refused: `the record is larger than ${MAX_JSON} characters` };
      return {
        record,
        id,
        timeUnixMicros,
        hourMicros: hourOf(timeUnixMicros),
        rollupKey: group.key,
        group,
        cardDefinition,
        success,
        cost: record.costUsd === null ? null : parseDecimal(record.costUsd),
        line,
      };
    } catch (error) {
      return { refused: `the record cannot be read: ${errorMessage(error)}` };
    }
  };
}
