/** Whether the numbers of the other rows are whole: what was captured, stored, given up or waits. */
import type { RowSpec } from './spec.ts';

export const pipeline: RowSpec = {
  title: 'Pipeline',
  panels: [
    {
      kind: 'lines',
      title: 'Captured and stored per second',
      description: 'Of all providers. The two lines are one when all is well.',
      unit: 'cps',
      width: 8,
      noData: 'Neither the services nor the ledger report to Prometheus',
      queries: [
        {
          source: 'prometheus',
          expr: 'sum(rate(wiretally_capture_emitted_total[$__rate_interval]))',
          legend: 'captured',
        },
        {
          source: 'prometheus',
          expr: 'sum(rate(wiretally_ledger_stored_records_total[$__rate_interval]))',
          legend: 'stored',
        },
      ],
    },
    {
      kind: 'lines',
      title: 'Records given up',
      description: 'Since the processes started. 0 where the services report and have given up none.',
      unit: 'short',
      width: 8,
      noData: 'The services do not report to Prometheus',
      queries: [
        {
          source: 'prometheus',
          expr: 'sum by (wiretally_reason) (wiretally_capture_dropped_total) or 0 * sum(wiretally_capture_seen_total)',
          legend: '{{wiretally_reason}}',
        },
      ],
    },
    {
      kind: 'lines',
      title: 'Queue of the collector',
      description: 'How full each queue is; at 100 % senders wait.',
      unit: 'percentunit',
      width: 8,
      noData: 'Prometheus does not reach the collector',
      queries: [
        {
          source: 'prometheus',
          expr: 'max by (exporter) (otelcol_exporter_queue_size / otelcol_exporter_queue_capacity)',
          legend: '{{exporter}}',
        },
      ],
    },
  ],
};
