/** Where imported calls go: a ledger here, or one that runs elsewhere. */
import { recordToAttributes } from '@wiretally/usage';
import type { UsageClient } from '../../client/index.ts';
import type { Ledger, ParsedRecord } from '../../ledger.ts';
import { countStored } from './count-stored.ts';

export interface ImportTarget {
  /** How many calls it is given at once. */
  readonly batchSize: number;
  /** @returns how many of them were there already; with `apply` the others are there now, too */
  take(batch: readonly ParsedRecord[], apply: boolean): Promise<number>;
}

export function localTarget(ledger: Pick<Ledger, 'pool' | 'ingestLogs'>): ImportTarget {
  return {
    batchSize: 1000,
    take: async (batch, apply) =>
      apply ? (await ledger.ingestLogs(batch)).duplicates : countStored(ledger.pool, batch),
  };
}

export function remoteTarget(remote: UsageClient): ImportTarget {
  return {
    // Well within what the API takes as a body.
    batchSize: 200,
    async take(batch, apply) {
      const { already_there: there } = await remote.importCalls({
        apply,
        calls: batch.map(({ record, unknown }) => ({
          time_unix_micros: record.timeUnixMicros,
          application: record.serviceName,
          // Of what no field claims, an import knows texts.
          attributes: { ...recordToAttributes(record), ...(unknown as Record<string, string>) },
        })),
      });
      return there;
    },
  };
}
