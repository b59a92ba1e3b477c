/** Reads a file of recorded exchanges: gzipped (or plain) JSON Lines, one exchange a line. */
import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';

export interface RecordedExchange {
  readonly id: string;
  readonly provider: string;
  readonly operation: string;
  readonly method: string;
  readonly url: string;
  readonly request_headers: Readonly<Record<string, string>>;
  readonly response_headers: Readonly<Record<string, string>>;
  readonly request_body: string | null;
  readonly request_body_encoding?: string | null;
  readonly response_body: string | null;
  readonly response_body_encoding?: string | null;
  readonly status: number;
  readonly streaming: boolean;
  readonly stream_format: string | null;
}

/** Where the development corpus is looked for when no file is named; absent on most machines. */
export function defaultCorpusFile(): string | null {
  const folder = process.env['WIRETALLY_CORPUS'] ?? fileURLToPath(new URL('../../../shared/corpus', import.meta.url));
  const file = folder.endsWith('.gz') || folder.endsWith('.jsonl') ? folder : `${folder}/exchanges.jsonl.gz`;
  return existsSync(file) ? file : null;
}

/** @throws Error naming the line that is not an exchange. */
export async function readCorpus(file: string): Promise<RecordedExchange[]> {
  const raw = createReadStream(file);
  const input = file.endsWith('.gz') ? raw.pipe(createGunzip()) : raw;
  const exchanges: RecordedExchange[] = [];
  let lineNumber = 0;
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    lineNumber += 1;
    if (line.trim() === '') continue;
    try {
      exchanges.push(JSON.parse(line) as RecordedExchange);
    } catch (cause) {
      throw new Error(`${file}:${lineNumber} is not a JSON exchange; see the corpus' README for the format`, { cause });
    }
  }
  return exchanges;
}

export function requestBytes(exchange: RecordedExchange): Buffer {
  return Buffer.from(exchange.request_body ?? '', exchange.request_body_encoding === 'base64' ? 'base64' : 'utf8');
}

export function responseBytes(exchange: RecordedExchange): Buffer {
  return Buffer.from(exchange.response_body ?? '', exchange.response_body_encoding === 'base64' ? 'base64' : 'utf8');
}
