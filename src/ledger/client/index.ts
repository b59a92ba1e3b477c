export { createUsageClient } from './usage-client.ts';
export type {
  CompareQuery,
  EstimateRequest,
  ExportQuery,
  ImportRequest,
  RecordUsageRequest,
  ReportQuery,
  StatsQuery,
  SumsQuery,
  UsageClient,
  UsageClientOptions,
} from './usage-client.ts';
export { UsageClientError } from './usage-client-error.ts';
