/** What one scenario is: what the server does, what the application does, and which records must come of it. */
import type { UsageRecord } from '@wiretally/usage';
import type { App } from './app/app.ts';
import type { ServerExchange } from './wire/cell-server.ts';
import type { UpgradeExchange } from './wire/session.ts';

/** What is known of a client beforehand and changes what is right. */
export interface ClientTraits {
  readonly name: string;
  /** The library: `fetch`, `undici7`, `axios`, … */
  readonly library: string;
  /** `fetch`, `request`, `stream`, `pipeline`; null where the library has one way. */
  readonly way: string | null;
  /** An undici dispatcher's name; null where the library's own default is used. */
  readonly dispatcher: string | null;
  /** The server speaks TLS. */
  readonly tls: boolean;
  /** The server speaks HTTP/2, too. */
  readonly h2: boolean;
  /** It opens WebSockets, and meets the scenarios of those alone. */
  readonly socket: boolean;
}

/** Fields of a record that must be as stated; a list means one of these. */
export type RecordMatch = {
  readonly [Field in keyof UsageRecord]?: UsageRecord[Field] | readonly UsageRecord[Field][];
} & { readonly input?: number | null; readonly output?: number | null };

export interface ExpectedRecords {
  /**
   * `served`: as many as requests arrived. A number, or a range, where some never arrive or not all are calls.
   */
  readonly count: 'served' | number | readonly [least: number, most: number];
  /** In order of time; the last one holds for all that follow. */
  readonly each: readonly RecordMatch[];
  /** What is wrong with all of them together. */
  together?(records: readonly UsageRecord[]): readonly string[];
}

export interface Scenario {
  readonly name: string;
  /** About WebSockets. */
  readonly socket?: boolean;
  /** Whose the host is; OpenAI's unless told otherwise. */
  readonly provider?: string;
  /** Where requests go that the application addresses to `app.url()`. */
  readonly target?: 'server' | 'refused' | 'unknown-host' | 'untrusted' | 'not-mapped';
  serve(exchange: ServerExchange): Promise<void> | void;
  /** What the server does with a request for an upgrade; without it such a request is one like others. */
  upgrade?(exchange: UpgradeExchange): Promise<void>;
  /** Runs in the child process; what it logs is what is compared. */
  play(app: App): Promise<void>;
  records(client: ClientTraits): ExpectedRecords;
  /** Why this client has no such scenario; null where it has. */
  skip?(client: ClientTraits): string | null;
  /** With an observer of ours that throws, instead of what `register` switches on. */
  readonly brokenObserver?: boolean;
  /** Whether a client connects anew before the application ends is chance. */
  readonly anyConnections?: boolean;
  /** How the application ends; `0` unless told otherwise. */
  readonly exit?: string;
  /** Connections that a dispatcher may open to one origin. */
  readonly connections?: number;
}

/** Usage as the server states it, and as a record must. */
export const STATED = { input: 12, output: 34, usageMissingReason: null, errorClass: null } as const;
export const WHOLE: RecordMatch = { ...STATED, status: 200, usageSource: 'body' };
export const STREAMED: RecordMatch = { ...STATED, status: 200, usageSource: 'stream-final' };

export const once =
  (each: RecordMatch): (() => ExpectedRecords) =>
  () => ({ count: 'served', each: [each] });

/** Dispatchers that try once more without being asked. */
export const retriesItself = ({ dispatcher }: ClientTraits): boolean =>
  dispatcher === 'RetryAgent' || dispatcher === 'composed';

/** axios over HTTP/2 hears nothing of a connection that was lost, and waits for ever. */
export const noticesLoss = ({ library }: ClientTraits): string | null =>
  library === 'axios-h2' ? 'axios waits for ever where a connection of HTTP/2 was lost' : null;

/** How far the second attempt of such a client comes before it fails is chance. */
export const sendsTwice = (client: ClientTraits): string | null =>
  client.way === 'fetch' && retriesItself(client) ? 'undici cannot send the body of a fetch twice' : null;
