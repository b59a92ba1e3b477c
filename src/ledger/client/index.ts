export { createUsageClient } from './usage-client.ts';
export type {
  EstimateRequest,
  RecordUsageRequest,
  ReportQuery,
  StatsQuery,
  SumsQuery,
  UsageClient,
  UsageClientOptions,
} from './usage-client.ts';
export { UsageClientError } from './usage-client-error.ts';
