/** What capture may hold in memory. */

/**
 * | limit                    | default | what it bounds |
 * |--------------------------|---------|----------------|
 * | `headBytes`              | 32 KiB  | beginning of a body that is kept; with the tail, bodies up to 64 KiB are whole |
 * | `streamHeadBytes`        | 4 KiB   | the same for event streams: their usage comes last, ids and model come first |
 * | `contentHeadBytes`       | 256 KiB | beginning of a body that is kept where messages are captured, instead of the two above |
 * | `contentInFlight`        | 200     | exchanges at a time for which that is so; the others keep the shorter beginning |
 * | `tailBytes`              | 32 KiB  | end of a body that is kept |
 * | `encodedBytes`           | 32 KiB  | compressed body that is decoded in one go at its end; longer ones are decoded as they come |
 * | `decodedAtOnceBytes`     | 1 MiB   | result of decoding in one go (about 2 ms); beyond, decoding starts anew off the main thread |
 * | `decodedBytes`           | 256 MiB | decoded length at which decoding stops: a bomb, or too long to be an answer |
 * | `decodeQueueBytes`       | 4 MiB   | compressed bytes that wait for the decoder; beyond, the body counts as cut |
 * | `lineBytes`              | 64 KiB  | line of a batch's results that is read whole; of longer ones beginning and end |
 * | `resultLines`            | 1 million | lines of one result file that are read; what is beyond is counted |
 * | `resultBytes`            | 4 GiB   | `decodedBytes` of a result file: of it no more than a line is held |
 * | `resultQueueBytes`       | 32 MiB  | `decodeQueueBytes` of a result file |
 * | `messageBytes`         | 256 KiB | a WebSocket's message that is read; of longer ones only the beginning is seen |
 * | `inFlight`               | 2,000   | exchanges whose bodies are kept at a time; more are recorded without, reason `overload` |
 * | `idleMs`                 | 30 min  | silence after the answer's head at which an exchange counts as left lying |
 *
 * So the worst case is `inFlight` × (2 × 64 KiB), 260 MB (with messages 350 MB), and a service with 100 open streams holds about 5 MB.
 * A WebSocket session holds one message a side, and twice 50 KB where messages are compressed.
 */
export interface CaptureLimits {
  readonly headBytes: number;
  readonly streamHeadBytes: number;
  readonly contentHeadBytes: number;
  readonly contentInFlight: number;
  readonly tailBytes: number;
  readonly encodedBytes: number;
  readonly decodedAtOnceBytes: number;
  readonly decodedBytes: number;
  readonly decodeQueueBytes: number;
  readonly lineBytes: number;
  readonly resultLines: number;
  readonly resultBytes: number;
  readonly resultQueueBytes: number;
  readonly messageBytes: number;
  readonly inFlight: number;
  readonly idleMs: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

export const DEFAULT_LIMITS: CaptureLimits = {
  headBytes: 32 * KIB,
  streamHeadBytes: 4 * KIB,
  contentHeadBytes: 256 * KIB,
  contentInFlight: 200,
  tailBytes: 32 * KIB,
  encodedBytes: 32 * KIB,
  decodedAtOnceBytes: MIB,
  decodedBytes: 256 * MIB,
  decodeQueueBytes: 4 * MIB,
  lineBytes: 64 * KIB,
  resultLines: 1_000_000,
  resultBytes: 4096 * MIB,
  resultQueueBytes: 32 * MIB,
  messageBytes: 256 * KIB,
  inFlight: 2_000,
  idleMs: 30 * 60_000,
};
