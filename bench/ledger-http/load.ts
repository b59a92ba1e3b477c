/**
 * Full load in little CPU: one request is encoded once, and each request that is sent has other ids and later times
 * written over its own. Half of the machine is the loader's otherwise.
 */
import { ExportLogsServiceRequest } from '../../test/ledger/otlp-proto.ts';
import { otlpJson } from '../../test/ledger/usage-record.ts';
import type { usageRecord } from '../../test/ledger/usage-record.ts';

export interface Load {
  /** Calls that were answered 200, which is after their COMMIT. */
  readonly calls: number;
  readonly seconds: number;
  readonly refused: number;
}

const HEX = '0123456789abcdef';

/** @param records with ids that begin with 00000000: where the number of the request goes */
export function encodeOnce(records: readonly ReturnType<typeof usageRecord>[]): {
  readonly body: Buffer<ArrayBuffer>;
  /** Where each record's id begins. */
  readonly places: readonly number[];
  /** Where its nanoseconds are, and what they say. */
  readonly times: readonly (readonly [place: number, nanos: bigint])[];
} {
  const encoded = ExportLogsServiceRequest.encode(ExportLogsServiceRequest.fromObject(otlpJson(records))).finish();
  const body = Buffer.from(encoded);
  const places = records.map(({ id }) => body.indexOf(id));
  if (places.includes(-1)) throw new Error('a record is not in the request');
  const times = records.map(({ timeUnixMicros }) => {
    const nanos = BigInt(timeUnixMicros) * 1000n + 789n;
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(nanos);
    return [body.indexOf(bytes), nanos] as const;
  });
  if (times.some(([place]) => place === -1)) throw new Error('the time of a record is not in the request');
  return { body, places, times };
}

export async function send(
  url: string,
  { body, places, times }: ReturnType<typeof encodeOnce>,
  { senders, seconds, firstNumber = 1 }: { senders: number; seconds: number; firstNumber?: number },
): Promise<Load> {
  const start = performance.now();
  let calls = 0;
  let refused = 0;
  let number = firstNumber;
  await Promise.all(
    Array.from({ length: senders }, async () => {
      const own = Buffer.from(body);
      while (performance.now() - start < seconds * 1000) {
        const digits = Array.from({ length: 8 }, (_, place) => HEX.charCodeAt((number >>> (4 * (7 - place))) & 15));
        number += 1;
        for (const place of places) for (const [index, digit] of digits.entries()) own[place + index] = digit;
        const later = BigInt(Math.round((performance.now() - start) * 1000)) * 1000n;
        for (const [place, nanos] of times) own.writeBigUInt64LE(nanos + later, place);
        const answer = await fetch(`${url}/v1/logs`, {
          method: 'POST',
          headers: { 'content-type': 'application/x-protobuf' },
          body: own,
        });
        await answer.arrayBuffer();
        if (answer.status === 200) calls += places.length;
        else if (answer.status === 503 || answer.status === 429) refused += 1;
        else throw new Error(`answered ${answer.status}`);
      }
    }),
  );
  return { calls, seconds: (performance.now() - start) / 1000, refused };
}
