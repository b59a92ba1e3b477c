/** What each provider got, cost and refused, how fast it was, and what is left of its limits. */
import {
  COST,
  IN_RANGE,
  LAST_USED,
  MEAN_TOKENS,
  OF_PROVIDERS as SQL_PROVIDERS,
  SUCCESS_RATE,
  known,
} from './ledger-sql.ts';
import { LIMIT_LABELS, OF_PROVIDERS, PROVIDER, quantile, rateBy } from './promql.ts';
import type { DashboardSpec, PanelSpec } from './spec.ts';
import { provider } from './variables.ts';

const FROM = `from wiretally_hourly where ${IN_RANGE} and ${SQL_PROVIDERS}`;
const NO_CALLS = 'No calls in this range';
const NO_METRICS = 'No metrics in this range: no calls, or Prometheus does not get them';

const total = (
  title: string,
  description: string,
  sql: string,
  shown: Pick<PanelSpec, 'unit' | 'decimals'>,
): PanelSpec => ({
  kind: 'stat',
  title,
  description,
  width: 4,
  noData: NO_CALLS,
  queries: [{ source: 'postgres', format: 'table', sql: `select ${sql} as value ${FROM}` }],
  ...shown,
});

const limitLegend = `{{${PROVIDER}}} {{gen_ai_request_model}} {{wiretally_rate_limit_name}}/{{wiretally_rate_limit_window}}`;

export const providers: DashboardSpec = {
  uid: 'wiretally-providers',
  title: 'AI providers',
  description:
    'What each AI provider got, cost and refused. Money and counts come from the ledger, rates from Prometheus.',
  variables: [provider],
  rows: [
    {
      title: 'Totals',
      panels: [
        total('Spend', 'Sum of all calls whose cost is known, from the ledger; whole hours.', COST, {
          unit: 'currencyUSD',
          decimals: 4,
        }),
        total('Requests', 'Attempts at billed work, refused and cut ones included.', 'sum(requests)', {
          unit: 'short',
          decimals: 0,
        }),
        total('Success rate', 'Share of attempts that ended well.', SUCCESS_RATE, { unit: 'percentunit', decimals: 2 }),
        total(
          'Tokens',
          'As providers stated them; calls that stated none add none.',
          known('total_tokens', 'total_unknown'),
          {
            unit: 'short',
          },
        ),
        total('Calls of unknown cost', 'Not in the spend: usage not stated, or no price known.', 'sum(unpriced)', {
          unit: 'short',
          decimals: 0,
        }),
        total('Last call', 'Time of the newest stored call: how fresh this page is.', LAST_USED, {
          unit: 'dateTimeFromNow',
        }),
      ],
    },
    {
      title: 'Providers',
      panels: [
        {
          kind: 'table',
          title: 'By provider',
          description: 'Everything the ledger has of each provider. An empty cell is a number that nobody stated.',
          unit: 'short',
          width: 24,
          noData: NO_CALLS,
          queries: [
            {
              source: 'postgres',
              format: 'table',
              sql: [
                'select provider_short_name as provider, sum(requests) as requests, sum(failed) as failed,',
                `${SUCCESS_RATE} as success_rate,`,
                `${known('input_tokens', 'input_unknown')} as input_tokens,`,
                `${known('output_tokens', 'output_unknown')} as output_tokens,`,
                `${known('total_tokens', 'total_unknown')} as total_tokens,`,
                `${MEAN_TOKENS} as mean_tokens, ${COST} as cost, sum(unpriced) as unpriced, ${LAST_USED} as last_used`,
                `${FROM} group by 1 order by cost desc nulls last, requests desc`,
              ].join(' '),
            },
          ],
          columns: [
            { name: 'provider', title: 'Provider', unit: 'string' },
            { name: 'requests', title: 'Requests', unit: 'short', decimals: 0 },
            { name: 'failed', title: 'Failed', unit: 'short', decimals: 0 },
            { name: 'success_rate', title: 'Success rate', unit: 'percentunit', decimals: 2 },
            { name: 'input_tokens', title: 'Input tokens', unit: 'short' },
            { name: 'output_tokens', title: 'Output tokens', unit: 'short' },
            { name: 'total_tokens', title: 'Total tokens', unit: 'short' },
            { name: 'mean_tokens', title: 'Tokens a request', unit: 'short', decimals: 1 },
            { name: 'cost', title: 'Cost', unit: 'currencyUSD', decimals: 4 },
            { name: 'unpriced', title: 'Cost unknown', unit: 'short', decimals: 0 },
            { name: 'last_used', title: 'Last used', unit: 'dateTimeFromNow' },
          ],
        },
        {
          kind: 'bars',
          title: 'Cost per hour',
          description: 'From the ledger: rates of counters lose a first sample and restarts, sums of rows do not.',
          unit: 'currencyUSD',
          decimals: 4,
          width: 12,
          noData: NO_CALLS,
          queries: [
            {
              source: 'postgres',
              format: 'time_series',
              sql: `select hour as time, provider_short_name as metric, sum(cost_usd) as value ${FROM} group by 1, 2 order by 1`,
            },
          ],
        },
        {
          kind: 'lines',
          title: 'Requests per second',
          description: 'Attempts, refused ones included.',
          unit: 'reqps',
          width: 12,
          noData: NO_METRICS,
          queries: [
            {
              source: 'prometheus',
              expr: rateBy(PROVIDER, 'wiretally_calls_total', OF_PROVIDERS),
              legend: `{{${PROVIDER}}}`,
            },
          ],
        },
        {
          kind: 'lines',
          title: 'Tokens per second',
          description: 'cache_read, cache_write and reasoning are parts of input and output, not additions.',
          unit: 'cps',
          width: 24,
          noData: NO_METRICS,
          queries: [
            {
              source: 'prometheus',
              expr: rateBy(`${PROVIDER}, wiretally_token_type`, 'wiretally_tokens_total', OF_PROVIDERS),
              legend: `{{${PROVIDER}}} {{wiretally_token_type}}`,
            },
          ],
        },
      ],
    },
    {
      title: 'Errors',
      panels: [
        {
          kind: 'table',
          title: 'Errors by class',
          description:
            'Failed attempts: the class means the same at every provider, the type is the provider’s own word.',
          unit: 'short',
          width: 12,
          noData: 'No failed call in this range',
          queries: [
            {
              source: 'postgres',
              format: 'table',
              sql: [
                `select provider_short_name as provider, coalesce(error_class, 'other') as class, error_type as type, count(*) as calls,`,
                `extract(epoch from max(created_at)) * 1000 as last_seen from wiretally_calls`,
                `where kind = 'call' and not success and $__timeFilter(created_at) and ${SQL_PROVIDERS}`,
                'group by 1, 2, 3 order by calls desc',
              ].join(' '),
            },
          ],
          columns: [
            { name: 'provider', title: 'Provider', unit: 'string' },
            { name: 'class', title: 'Class', unit: 'string' },
            { name: 'type', title: 'Type', unit: 'string' },
            { name: 'calls', title: 'Calls', unit: 'short', decimals: 0 },
            { name: 'last_seen', title: 'Last seen', unit: 'dateTimeFromNow' },
          ],
        },
        {
          kind: 'lines',
          title: 'Error share',
          description: 'Failed attempts as a share of all, by provider.',
          unit: 'percentunit',
          width: 6,
          noData: 'No failed call in this range, or Prometheus does not get metrics',
          queries: [
            {
              source: 'prometheus',
              expr: `${rateBy(PROVIDER, 'wiretally_calls_total', `${OF_PROVIDERS}, error_type!=""`)} / ${rateBy(PROVIDER, 'wiretally_calls_total', OF_PROVIDERS)}`,
              legend: `{{${PROVIDER}}}`,
            },
          ],
        },
        {
          kind: 'lines',
          title: 'Retries per second',
          description:
            'Attempts that the client itself counted as repeats. 0 where calls are seen and none is a repeat.',
          unit: 'reqps',
          width: 6,
          noData: NO_METRICS,
          queries: [
            {
              source: 'prometheus',
              expr: `${rateBy(PROVIDER, 'wiretally_retries_total', OF_PROVIDERS)} or 0 * ${rateBy(PROVIDER, 'wiretally_calls_total', OF_PROVIDERS)}`,
              legend: `{{${PROVIDER}}}`,
            },
          ],
        },
      ],
    },
    {
      title: 'Latency',
      panels: [
        {
          kind: 'lines',
          title: 'Duration p50, p95, p99',
          description: 'From the request to the end of the answer.',
          unit: 's',
          width: 12,
          noData: NO_METRICS,
          queries: [
            {
              source: 'prometheus',
              expr: quantile(0.5, PROVIDER, 'duration', OF_PROVIDERS),
              legend: `{{${PROVIDER}}} p50`,
            },
            {
              source: 'prometheus',
              expr: quantile(0.95, PROVIDER, 'duration', OF_PROVIDERS),
              legend: `{{${PROVIDER}}} p95`,
            },
            {
              source: 'prometheus',
              expr: quantile(0.99, PROVIDER, 'duration', OF_PROVIDERS),
              legend: `{{${PROVIDER}}} p99`,
            },
          ],
        },
        {
          kind: 'lines',
          title: 'Time to first token p50, p95',
          description: 'Streamed answers: from the request to the first chunk of the body.',
          unit: 's',
          width: 12,
          noData: 'No streamed call in this range, or Prometheus does not get metrics',
          queries: [
            {
              source: 'prometheus',
              expr: quantile(0.5, PROVIDER, 'time_to_first_chunk', OF_PROVIDERS),
              legend: `{{${PROVIDER}}} p50`,
            },
            {
              source: 'prometheus',
              expr: quantile(0.95, PROVIDER, 'time_to_first_chunk', OF_PROVIDERS),
              legend: `{{${PROVIDER}}} p95`,
            },
          ],
        },
      ],
    },
    {
      title: 'Rate limits',
      panels: [
        {
          kind: 'table',
          title: 'Limits as last stated',
          description:
            'From the headers of answers. A limit that was stated long ago says nothing of now: look at its age.',
          unit: 'short',
          width: 14,
          noData: 'No provider stated a limit, or Prometheus does not get metrics',
          queries: [
            limit('wiretally_rate_limit_remaining', 'min'),
            limit('wiretally_rate_limit_limit', 'max'),
            { ...limit('wiretally_rate_limit_reset_timestamp_seconds', 'max', '- time()') },
            { ...limit('wiretally_rate_limit_observed_timestamp_seconds', 'max', '* -1 + time()') },
          ],
          columns: [
            { name: PROVIDER, title: 'Provider', unit: 'string' },
            { name: 'gen_ai_request_model', title: 'Model', unit: 'string' },
            { name: 'wiretally_rate_limit_name', title: 'Limit on', unit: 'string' },
            { name: 'wiretally_rate_limit_window', title: 'Window', unit: 'string' },
            { name: 'Value #A', title: 'Remaining', unit: 'short' },
            { name: 'Value #B', title: 'Limit', unit: 'short' },
            { name: 'Value #C', title: 'Resets in', unit: 's', decimals: 0 },
            { name: 'Value #D', title: 'Stated ago', unit: 's', decimals: 0 },
          ],
        },
        {
          kind: 'lines',
          title: 'Headroom',
          description: 'Remaining ÷ limit, the lowest of all processes.',
          unit: 'percentunit',
          width: 10,
          noData: 'No provider stated a limit, or Prometheus does not get metrics',
          queries: [
            {
              source: 'prometheus',
              expr: `min by (${LIMIT_LABELS}) (wiretally_rate_limit_remaining{${OF_PROVIDERS}} / (wiretally_rate_limit_limit{${OF_PROVIDERS}} > 0))`,
              legend: limitLegend,
            },
          ],
        },
      ],
    },
    {
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
    },
  ],
};

function limit(
  metric: string,
  aggregate: 'min' | 'max',
  rest = '',
): { source: 'prometheus'; expr: string; legend: string; instant: true } {
  const expr = `${aggregate} by (${LIMIT_LABELS}) (${metric}{${OF_PROVIDERS}}) ${rest}`.trimEnd();
  return { source: 'prometheus', expr, legend: limitLegend, instant: true };
}
