/** Errors of all providers → a low-cardinality type and a class that means the same everywhere. */
import { identifier, object, text } from '../body/fields.ts';
import type { JsonObject } from '../body/fields.ts';
import type { Headers } from '../exchange.ts';
import type { ErrorClass } from '../record.ts';
import type { ProviderError } from './findings.ts';

/**
 * Finds the error in a body or a stream's event, by its shape: each provider's own is unlike the others'.
 *
 * @param failed the status says that it is an error, so a bare `message` is one too.
 * @returns null where there is none.
 */
export function readError(part: JsonObject, failed: boolean): ProviderError | null {
  const { error } = part;
  const inner = object(error);
  // Cerebras: the status of a failure within a stream stands beside it.
  if (inner !== null) return Object.keys(inner).length > 0 || failed ? nested(inner, part['status_code']) : null;
  // xAI: `{"code":"invalid-argument","error":"text"}`; Ollama and Hugging Face: the text alone.
  if (text(error) !== null) return make({ code: part['code'], type: part['type'], message: error });
  // OpenAI responses' stream event: `{"type":"error","code",…}`; Mistral and vLLM: `{"object":"error","type","code",…}`.
  if (part['type'] === 'error') return make({ code: part['code'], message: part['message'] });
  if (part['object'] === 'error') return make({ code: part['type'], type: part['code'], message: part['message'] });
  // MiniMax answers 200 with its own status beside the (empty) answer.
  const miniMax = object(part['base_resp']);
  if (typeof miniMax?.['status_code'] === 'number' && miniMax['status_code'] !== 0)
    return make({ code: String(miniMax['status_code']), message: miniMax['status_msg'] });
  if (!failed) return null;
  // ElevenLabs: `{"detail":{"status","message"}}`; Voyage, Replicate, Mistral's validation: text or a list.
  const detail = object(part['detail']);
  if (detail !== null) return make({ code: detail['status'], type: detail['type'], message: detail['message'] });
  return make({
    code: part['code'] ?? part['err_code'],
    // AWS: `com.amazon.coral.service#UnknownOperationException`.
    type: text(part['__type'])?.replace(/^.*#/, '') ?? part['type'],
    message: part['message'] ?? part['detail'] ?? part['err_msg'],
  });
}

function nested(error: JsonObject, beside: unknown): ProviderError {
  const { code, type, status, message } = error;
  const details = object(error['metadata']) ?? object(error['details']) ?? object(error);
  // Google: a numeric code beside a status in words.
  if (typeof code === 'number' && text(status) !== null)
    return make({ code: status, type, message, status: code, details: object(error) });
  return make({
    code: text(code) ?? text(type) ?? code,
    // Anthropic tells a spending limit from a rate in the details only.
    type: text(object(error['details'])?.['error_code']) ?? text(type),
    message,
    status: error['status_code'] ?? (typeof code === 'number' ? code : beside),
    details,
  });
}

function make(from: {
  code?: unknown;
  type?: unknown;
  message?: unknown;
  status?: unknown;
  details?: JsonObject | null;
}): ProviderError {
  const { status } = from;
  return {
    code: errorName(from.code),
    type: errorName(from.type),
    message: text(from.message),
    status: typeof status === 'number' && status >= 400 && status < 600 ? status : null,
    details: from.details ?? null,
  };
}

/** A code, never a sentence: it becomes a metric's attribute. */
export function errorName(value: unknown): string | null {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  const name = identifier(value);
  return name !== null && /^[\w.:/-]{1,80}$/.test(name) ? name : null;
}

/** AWS names the exception in a header: `ValidationException:http://…`. */
export function awsErrorName(headers: Headers): string | null {
  return errorName(headers['x-amzn-errortype']?.split(':')[0]);
}

const BY_NAME: Readonly<Record<string, ErrorClass>> = Object.assign(Object.create(null) as Record<string, ErrorClass>, {
  insufficient_quota: 'quota',
  billing_error: 'quota',
  billing_hard_limit_reached: 'quota',
  billing_not_active: 'quota',
  quota_exceeded: 'quota',
  insufficient_balance: 'quota',
  insufficient_user_quota: 'quota',
  exceeded_current_quota_error: 'quota',
  arrearage: 'quota',
  enforced_spend_limit_reached: 'quota',
  contract_spend_limit_reached: 'quota',
  openrouter_free_tier_daily: 'quota',
  openrouter_credits: 'quota',
  openrouter_key_limit: 'quota',
  servicequotaexceededexception: 'quota',
  rate_limit_exceeded: 'rate_limit',
  rate_limit_error: 'rate_limit',
  rate_limit_reached_error: 'rate_limit',
  rate_limited: 'rate_limit',
  ratelimitreached: 'rate_limit',
  ratelimitexceeded: 'rate_limit',
  too_many_requests: 'rate_limit',
  too_many_concurrent_requests: 'rate_limit',
  concurrent_limit_exceeded: 'rate_limit',
  token_quota_exceeded: 'rate_limit',
  request_quota_exceeded: 'rate_limit',
  ramp_limit_exceeded: 'rate_limit',
  resource_exhausted: 'rate_limit',
  throttlingexception: 'rate_limit',
  throttling: 'rate_limit',
  invalid_api_key: 'auth',
  invalidapikey: 'auth',
  authentication_error: 'auth',
  invalid_authentication_error: 'auth',
  incorrect_api_key: 'auth',
  unauthenticated: 'auth',
  unrecognizedclientexception: 'auth',
  expiredtokenexception: 'auth',
  invalidsignatureexception: 'auth',
  permission_error: 'permission',
  permission_denied: 'permission',
  accessdeniedexception: 'permission',
  access_denied: 'permission',
  model_not_found: 'not_found',
  not_found_error: 'not_found',
  not_found: 'not_found',
  resource_not_found_error: 'not_found',
  deploymentnotfound: 'not_found',
  resourcenotfoundexception: 'not_found',
  content_filter: 'content_filter',
  content_policy_violation: 'content_filter',
  moderation_blocked: 'content_filter',
  responsibleaipolicyviolation: 'content_filter',
  data_inspection_failed: 'content_filter',
  datainspectionfailed: 'content_filter',
  service_tier_capacity_exceeded: 'overloaded',
  overloaded_error: 'overloaded',
  engine_overloaded_error: 'overloaded',
  unavailable: 'overloaded',
  serviceunavailableexception: 'overloaded',
  modelnotreadyexception: 'overloaded',
  system_busy: 'overloaded',
  timeout_error: 'timeout',
  deadline_exceeded: 'timeout',
  modeltimeoutexception: 'timeout',
  api_error: 'server',
  server_error: 'server',
  internal: 'server',
  internal_server_error: 'server',
  internalserverexception: 'server',
  modelerrorexception: 'server',
  modelstreamerrorexception: 'server',
  invalid_request_error: 'invalid_request',
  invalid_argument: 'invalid_request',
  'invalid-argument': 'invalid_request',
  failed_precondition: 'invalid_request',
  context_length_exceeded: 'invalid_request',
  request_too_large: 'invalid_request',
  tool_use_failed: 'invalid_request',
  validationexception: 'invalid_request',
} satisfies Record<string, ErrorClass>);

/** The class of a failure: what the code says, else what the type says, else what the status says. */
export function errorClassOf(status: number | null, error: ProviderError | null): ErrorClass {
  const stated = error?.status ?? null;
  const quota = isQuota(status, error);
  if (quota) return 'quota';
  const byCode = byName(error?.code);
  if (byName(error?.type) === 'quota') return 'quota';
  // `invalid_request_error` is OpenAI's type of nearly every refusal, so a status that is more exact goes first.
  if (byCode !== null && byCode !== 'invalid_request') return byCode;
  const byType = byName(error?.type);
  if (byType !== null && byType !== 'invalid_request') return byType;
  const byStatus = classOfStatus(status !== null && status >= 400 ? status : stated);
  if (byStatus !== 'other') return byStatus;
  return byCode ?? byType ?? 'other';
}

/** Google's code is a reason among details; two of Anthropic's quotas and Groq's daily limits are told by text only. */
function isQuota(status: number | null, error: ProviderError | null): boolean {
  const effective = status !== null && status >= 400 ? status : (error?.status ?? null);
  if (effective === 402) return true;
  const message = error?.message ?? '';
  if (effective === 400) return /credit balance is too low|reached your specified API usage limits/i.test(message);
  if (effective !== 429) return false;
  return (
    /\b(?:tokens|requests|calls) (?:per day|\/ ?month)|API calls ?\/ ?month|\((?:TPD|RPD)\)/i.test(message) ||
    /PerDay/.test(quotaIds(error))
  );
}

function quotaIds(error: ProviderError | null): string {
  const list = error?.details?.['details'];
  if (!Array.isArray(list)) return '';
  return list
    .slice(0, 16)
    .map((detail) => {
      const violations = object(detail)?.['violations'];
      return Array.isArray(violations)
        ? violations.slice(0, 16).map((violation) => identifier(object(violation)?.['quotaId']) ?? '')
        : '';
    })
    .join(' ');
}

function byName(name: string | null | undefined): ErrorClass | null {
  return name === null || name === undefined ? null : (BY_NAME[name.toLowerCase()] ?? null);
}

const BY_STATUS: ReadonlyMap<number, ErrorClass> = new Map([
  [401, 'auth'],
  [402, 'quota'],
  [403, 'permission'],
  [404, 'not_found'],
  [408, 'timeout'],
  [429, 'rate_limit'],
  [503, 'overloaded'],
  [504, 'timeout'],
  [529, 'overloaded'],
]);

function classOfStatus(status: number | null): ErrorClass {
  if (status === null || status < 400) return 'other';
  return BY_STATUS.get(status) ?? (status >= 500 ? 'server' : 'invalid_request');
}
