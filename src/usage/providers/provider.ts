/** What a provider file holds: data, and small pure functions. */
import type { Exchange } from '../exchange.ts';
import type { CallKind, Operation, Reading, ServiceType } from '../record.ts';
import type { ResultLineReader } from '../dialects/batch-results.ts';
import type { SessionProtocol } from '../sessions/session.ts';

export interface ProviderReport {
  /** green: usage is in each answer; yellow: limits read live from headers; blue: no usage endpoint, manual check. */
  readonly status: 'green' | 'yellow' | 'blue';
  readonly note: string;
  readonly link: string | null;
  /** Answers carry metadata of their own about billed units (Cohere). Default false. */
  readonly metadata?: boolean;
  /** Places to look usage up by hand, beside the link. */
  readonly checks?: readonly string[];
  /** What the provider publishes for its lowest paid or free tier, and when that was read. */
  readonly limits?: PublishedLimits;
}

export interface PublishedLimits {
  /** `2025-10-30` */
  readonly publishedOn: string;
  /** Whose they are: `free plan`, `trial keys, chat`. Others have other limits, and the provider does not publish all. */
  readonly plan?: string;
  readonly limits: readonly {
    readonly count: number;
    /** `requests`, `tokens`, … */
    readonly unit: string;
    /** `minute`, `day`, … */
    readonly per: string;
  }[];
}

/** What method and path alone tell, before any body is seen. */
export interface Route {
  readonly kind: CallKind;
  readonly operation: Operation;
  readonly serviceType: ServiceType;
  /** Null where the model is not in the URL. */
  readonly model: string | null;
}

export interface Provider {
  /** OpenTelemetry's name (`gcp.gemini`). */
  readonly name: string;
  /** The name that report users write (`gemini`). */
  readonly shortName: string;
  readonly displayName: string;
  /** Exact hosts (`api.openai.com`) and wildcards (`*.openai.azure.com`), lower case. */
  readonly hosts: readonly string[];
  readonly report: ProviderReport;
  /** Cheap: asked once a request, when it is created. Never throws. */
  route(method: string, url: URL): Route;
  /** Never throws. */
  read(exchange: Exchange, url: URL): Reading;
  /** How the lines of a batch's result file at this path are read, one by one; null: it is none. Never throws. */
  results?(method: string, url: URL): ResultLineReader | null;
  /** How a WebSocket at this path divides into turns; absent or null: what is said in it is one call. Never throws. */
  session?(method: string, url: URL): SessionProtocol | null;
}
