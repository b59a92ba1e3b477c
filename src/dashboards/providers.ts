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
import { costPerHour, latency, NO_CALLS, NO_METRICS, spendAndRequests, totalsOf } from './panels.ts';
import { pipeline } from './pipeline.ts';
import { OF_PROVIDERS, PROVIDER, rateBy } from './promql.ts';
import { rateLimits } from './rate-limits.ts';
import type { DashboardSpec } from './spec.ts';
import { provider } from './variables.ts';

const FROM = `from wiretally_hourly where ${IN_RANGE} and ${SQL_PROVIDERS}`;
const total = totalsOf(FROM);

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
        ...spendAndRequests(total),
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
        costPerHour('provider_short_name', FROM),
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
      panels: latency(PROVIDER, OF_PROVIDERS, [0.5, 0.95]),
    },
    rateLimits,
    pipeline,
  ],
};
