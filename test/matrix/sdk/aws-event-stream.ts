/** One message of AWS' event stream: lengths, headers and payload, each part with its CRC-32. */
import { crc32 } from 'node:zlib';

const STRING = 7;

export function eventStreamMessage(event: string, payload: unknown): Buffer {
  const headers = Buffer.concat(
    Object.entries({ ':event-type': event, ':content-type': 'application/json', ':message-type': 'event' }).map(
      ([name, value]) => {
        const head = Buffer.alloc(4);
        head.writeUInt8(STRING, 0);
        head.writeUInt16BE(value.length, 1);
        return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), head.subarray(0, 3), Buffer.from(value)]);
      },
    ),
  );
  const body = Buffer.from(JSON.stringify(payload));
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(16 + headers.length + body.length, 0);
  prelude.writeUInt32BE(headers.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const message = Buffer.concat([prelude, headers, body]);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(message));
  return Buffer.concat([message, checksum]);
}
