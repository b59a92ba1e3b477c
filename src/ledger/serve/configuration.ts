/** What the environment says about serving. Flags of the command line come first, these second, defaults last. */
import { isLoopback } from './access.ts';
import { ConfigurationError } from './configuration-error.ts';
import type { AccessToken } from './roles.ts';
import { readTokens } from './tokens.ts';

export { ConfigurationError } from './configuration-error.ts';

export interface ServeConfiguration {
  readonly host: string;
  readonly port: number;
  /** The well-known OTLP port, so that services need no configuration; null: do not listen there. */
  readonly otlpPort: number | null;
  /** False where the variable or flag names the port: then a taken port is an error and not a remark. */
  readonly otlpPortIsDefault: boolean;
  /** Empty: no token is needed, which only a listener on loopback may do. */
  readonly tokens: readonly AccessToken[];
  readonly budgets: readonly ConfiguredBudget[];
}

export interface ConfiguredBudget {
  readonly name: string;
  readonly period: 'day' | 'month';
  /** Decimal USD. */
  readonly limitUsd: string;
}

export interface ServeFlags {
  readonly host?: string | undefined;
  readonly port?: string | undefined;
  readonly otlpPort?: string | undefined;
}

export const DEFAULT_PORT = 4319;
export const DEFAULT_OTLP_PORT = 4318;

export function serveConfiguration(
  flags: ServeFlags = {},
  environment: Readonly<Record<string, string | undefined>> = process.env,
): ServeConfiguration {
  const variable = (name: string): string | undefined => {
    const value = environment[name]?.trim();
    return value === '' ? undefined : value;
  };
  const host = flags.host ?? variable('WIRETALLY_HOST') ?? '127.0.0.1';
  const tokens = readTokens(variable);
  if (tokens.length === 0 && !isLoopback(host)) {
    throw new ConfigurationError(
      `Listening on ${host} makes the ledger reachable from other machines. ` +
        'Set WIRETALLY_TOKEN to a long random secret first (services send it in OTEL_EXPORTER_OTLP_HEADERS), or listen on 127.0.0.1.',
    );
  }
  const otlpText = flags.otlpPort ?? variable('WIRETALLY_OTLP_PORT');
  return {
    host,
    tokens,
    port: port('WIRETALLY_PORT', flags.port ?? variable('WIRETALLY_PORT')) ?? DEFAULT_PORT,
    otlpPort: otlpText === 'none' ? null : (port('WIRETALLY_OTLP_PORT', otlpText) ?? DEFAULT_OTLP_PORT),
    otlpPortIsDefault: otlpText === undefined,
    budgets: [
      ...budget('daily', 'day', 'WIRETALLY_BUDGET_DAILY_USD', variable),
      ...budget('monthly', 'month', 'WIRETALLY_BUDGET_MONTHLY_USD', variable),
    ],
  };
}

function port(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d{1,5}$/.test(text) && value <= 65_535) return value;
  const none = name === 'WIRETALLY_OTLP_PORT' ? ', or "none"' : '';
  throw new ConfigurationError(`${name} is ${JSON.stringify(text)}; it must be a port number from 0 to 65535${none}.`);
}

function budget(
  name: string,
  period: ConfiguredBudget['period'],
  variableName: string,
  variable: (name: string) => string | undefined,
): ConfiguredBudget[] {
  const text = variable(variableName);
  if (text === undefined) return [];
  if (/^\d{1,12}(\.\d{1,12})?$/.test(text)) return [{ name, period, limitUsd: text }];
  throw new ConfigurationError(
    `${variableName} is ${JSON.stringify(text)}; it must be an amount in US dollars such as 25 or 12.50.`,
  );
}
