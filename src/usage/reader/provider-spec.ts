/** What a provider file states; `defineProvider` turns it into a Provider. */
import type { AnswerDialect } from '../dialects/batch-results.ts';
import type { LimitSpec } from '../limits.ts';
import type { CallKind, Operation, ServiceType } from '../record.ts';
import type { ProviderReport } from '../providers/provider.ts';
import type { SessionProtocol } from '../sessions/session.ts';
import type { CallInfo, Dialect, Findings } from './findings.ts';

/** One operation of a provider: which requests it is, and how its answers are read. */
export interface OperationSpec {
  /** `POST`, `GET`, …; `*` for any. */
  readonly method: string;
  /** Over the path without query. Ends with `$` and does not begin with `^`, so that prefixes of proxies do not matter. */
  readonly path: RegExp;
  readonly kind: CallKind;
  readonly operation: Operation;
  readonly serviceType: ServiceType;
  /** The model, where the path has it; default: the named group `model`, percent-decoded. */
  readonly model?: (match: RegExpExecArray, url: URL) => string | null;
  readonly dialect: Dialect;
  /** Where the answer is a batch's result file: how the answer in a line of it is read. */
  readonly results?: AnswerDialect;
  /** Where the operation is a WebSocket whose turns are calls of their own. */
  readonly session?: SessionProtocol;
}

export interface ProviderSpec {
  readonly name: string;
  readonly shortName: string;
  readonly displayName: string;
  readonly hosts: readonly string[];
  readonly report: ProviderReport;
  /** Asked in order; the first match wins. What matches none is `admin`. */
  readonly operations: readonly OperationSpec[];
  /** Headers that hold the request's id, best first. */
  readonly requestIdHeaders: readonly string[];
  readonly limits: readonly LimitSpec[];
  /** Looks at headers and URL once the answer was read: region, tier, cost, error details. */
  readonly refine?: (call: CallInfo, found: Findings) => void;
}
