/** One request's decompressed body → usage records. Pure: runs on the main thread and on the one for large bodies. */
import type { Encoding } from './answers.ts';
import { decodeLogsJson } from './decode-json.ts';
import { decodeLogsProtobuf } from './decode-protobuf.ts';
import { toRecords } from './to-records.ts';
import type { Calls } from './to-records.ts';

/** @param maxParts JSON values, or protobuf messages; by default as many as are taken at all */
export function decodeCalls(encoding: Encoding, bytes: Uint8Array, maxParts?: number): Calls {
  return toRecords(encoding === 'json' ? decodeLogsJson(bytes, maxParts) : decodeLogsProtobuf(bytes, maxParts));
}
