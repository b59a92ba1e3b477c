/** Which calls a question is about, as SQL over the rows of `calls`. */
import { storedProviderName } from './provider-names.ts';
import type { Period } from './period.ts';

/** Each that is given must hold. */
export interface UsageFilter {
  /** Short or OpenTelemetry name. */
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  readonly service?: string | undefined;
  readonly operation?: string | undefined;
  readonly user?: string | undefined;
  readonly chat?: string | undefined;
  readonly session?: string | undefined;
  readonly application?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** Values that a statement refers to as $1, $2, … */
export class StatementValues {
  readonly list: unknown[] = [];

  add(value: unknown): string {
    this.list.push(value);
    return `$${this.list.length}`;
  }
}

/** Who the service named, else whom the request's own field names. No name is no user. */
export const USER = "nullif(coalesce(user_id, request_user), '')";
export const APPLICATION = "nullif(service_name, '')";

/** The environment is a tag where the caller says so, else what the service's resource states. */
export function tagExpression(key: string, values: StatementValues): string {
  const tag = `tags ->> ${values.add(key)}`;
  return `nullif(${key === 'environment' ? `coalesce(${tag}, environment)` : tag}, '')`;
}

/** Conditions over the calls that count in sums. */
export function callConditions(period: Period, filter: UsageFilter, values: StatementValues): string[] {
  const found = ["kind = 'call'"];
  if (period.from !== null) found.push(`created_at >= ${values.add(period.from)}`);
  if (period.to !== null) found.push(`created_at < ${values.add(period.to)}`);
  const equal = (column: string, value: string | undefined): void => {
    if (value !== undefined) found.push(`${column} = ${values.add(value)}`);
  };
  equal('provider', filter.provider === undefined ? undefined : storedProviderName(filter.provider));
  equal('service_type', filter.service);
  equal('operation', filter.operation);
  equal(USER, filter.user);
  equal('chat_id', filter.chat);
  equal('session_id', filter.session);
  equal(APPLICATION, filter.application);
  if (filter.model !== undefined) {
    const model = values.add(filter.model);
    found.push(`(model = ${model} OR request_model = ${model} OR response_model = ${model})`);
  }
  for (const [key, value] of Object.entries(filter.tags ?? {})) equal(tagExpression(key, values), value);
  return found;
}
