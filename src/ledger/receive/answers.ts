/** What OTLP/HTTP answers, in the encoding of the request. https://opentelemetry.io/docs/specs/otlp/#otlphttp-response */
import type { OtlpAnswer, OtlpSignal } from './receiver.ts';

export type Encoding = 'json' | 'protobuf';

const CONTENT_TYPES = { json: 'application/json', protobuf: 'application/x-protobuf' } as const;
const REJECTED_NAMES = {
  logs: 'rejectedLogRecords',
  metrics: 'rejectedDataPoints',
  traces: 'rejectedSpans',
} as const satisfies Record<OtlpSignal, string>;

/** 200; `partial_success` only when something was refused or has to be said. */
export function success(encoding: Encoding, signal: OtlpSignal, rejected: number, message: string): OtlpAnswer {
  const nothingToSay = rejected === 0 && message === '';
  const body =
    encoding === 'json'
      ? jsonBody(
          nothingToSay ? {} : { partialSuccess: { [REJECTED_NAMES[signal]]: String(rejected), errorMessage: message } },
        )
      : nothingToSay
        ? new Uint8Array()
        : bytesField(1, Buffer.concat([varintField(1, rejected), bytesField(2, Buffer.from(message))]));
  return { status: 200, contentType: CONTENT_TYPES[encoding], body, headers: {} };
}

/** `google.rpc.Status`; its code is not read by senders, the HTTP status is. */
export function failure(
  encoding: Encoding,
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): OtlpAnswer {
  const body = encoding === 'json' ? jsonBody({ message }) : bytesField(2, Buffer.from(message));
  return { status, contentType: CONTENT_TYPES[encoding], body, headers };
}

function jsonBody(value: object): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

function varintField(number: number, value: number): Buffer {
  return Buffer.concat([varint(number * 8), varint(value)]);
}

function bytesField(number: number, value: Buffer): Buffer {
  return Buffer.concat([varint(number * 8 + 2), varint(value.length), value]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 0x80);
  }
}
