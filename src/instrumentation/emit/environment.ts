/** Settings of emission that the environment can make where the code does not. */
import type { SemconvScheme } from './semconv.ts';
import type { LedgerMode } from './sink.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface EmissionSettings {
  readonly semconv: SemconvScheme | undefined;
  readonly ledger: LedgerMode | undefined;
  readonly credentialSalt: string | undefined;
}

/**
 * | variable | values |
 * |---|---|
 * | `WIRETALLY_SEMCONV` | `latest` (default), `v1.41`, `dup` |
 * | `WIRETALLY_LEDGER` | `otlp` (default), `sdk`, `none` |
 * | `WIRETALLY_CREDENTIAL_SALT` | any text; records then carry a salted short hash of the API key |
 *
 * A value that is not in the list counts as absent.
 */
export function emissionFromEnvironment(environment: Environment): EmissionSettings {
  return {
    semconv: oneOf(environment['WIRETALLY_SEMCONV'], ['latest', 'v1.41', 'dup'] as const),
    ledger: oneOf(environment['WIRETALLY_LEDGER'], ['otlp', 'sdk', 'none'] as const),
    credentialSalt: environment['WIRETALLY_CREDENTIAL_SALT'] || undefined,
  };
}

function oneOf<T extends string>(value: string | undefined, allowed: readonly T[]): T | undefined {
  return allowed.find((each) => each === value?.trim());
}
