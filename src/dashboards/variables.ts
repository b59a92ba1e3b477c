/** The lists at the top of the dashboards: first providers, then the models that those have. */
import { IN_RANGE, MODEL_NAME, OF_PROVIDERS } from './ledger-sql.ts';
import type { VariableSpec } from './spec.ts';

/** The value is OpenTelemetry's name, which metrics carry; people read the short one. */
export const provider: VariableSpec = {
  name: 'provider',
  label: 'Provider',
  sql: `select distinct provider_short_name as __text, provider as __value from wiretally_hourly where ${IN_RANGE} order by 1`,
};

export const model: VariableSpec = {
  name: 'model',
  label: 'Model',
  sql: `select distinct ${MODEL_NAME} as __text, ${MODEL_NAME} as __value from wiretally_hourly where ${IN_RANGE} and ${OF_PROVIDERS} order by 1`,
};
