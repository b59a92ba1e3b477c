/** What each model was asked, answered and cost. */
import {
  COST,
  IN_RANGE,
  LAST_USED,
  MEAN_RESPONSE_MS,
  MEAN_TOKENS,
  MODEL_NAME,
  OF_MODELS as SQL_MODELS,
  OF_PROVIDERS as SQL_PROVIDERS,
  SUCCESS_RATE,
  known,
} from './ledger-sql.ts';
import { barsPerHour, costPerHour, latency, NO_CALLS, NO_METRICS, spendAndRequests, totalsOf } from './panels.ts';
import { MODEL, OF_MODELS, OF_PROVIDERS, rateBy } from './promql.ts';
import type { DashboardSpec } from './spec.ts';
import { model, provider } from './variables.ts';

const FROM = `from wiretally_hourly where ${IN_RANGE} and ${SQL_PROVIDERS} and ${SQL_MODELS}`;
const SELECTOR = `${OF_PROVIDERS}, ${OF_MODELS}`;
const total = totalsOf(FROM);

export const models: DashboardSpec = {
  uid: 'wiretally-models',
  title: 'AI models',
  description:
    'What each model was asked, answered and cost. Money and counts come from the ledger, rates from Prometheus.',
  variables: [provider, model],
  rows: [
    {
      title: 'Totals',
      panels: [
        ...spendAndRequests(total),
        total(
          'Cost of a million tokens',
          'Spend ÷ tokens, over all chosen models.',
          `${COST} / nullif(sum(total_tokens), 0) * 1000000`,
          {
            unit: 'currencyUSD',
            decimals: 4,
          },
        ),
        total('Mean response time', 'From the request to the end of the answer.', MEAN_RESPONSE_MS, {
          unit: 'ms',
          decimals: 0,
        }),
        total('Models in use', 'Different models that were asked for.', `count(distinct (provider, ${MODEL_NAME}))`, {
          unit: 'short',
          decimals: 0,
        }),
      ],
    },
    {
      title: 'Models',
      panels: [
        {
          kind: 'table',
          title: 'By model',
          description: 'By the model that was asked for. An empty cell is a number that nobody stated.',
          unit: 'short',
          width: 24,
          noData: NO_CALLS,
          queries: [
            {
              source: 'postgres',
              format: 'table',
              sql: [
                `select provider_short_name as provider, ${MODEL_NAME} as model, sum(requests) as requests,`,
                `sum(requests) - sum(failed) as succeeded, sum(failed) as failed, ${SUCCESS_RATE} as success_rate,`,
                `${known('input_tokens', 'input_unknown')} as input_tokens,`,
                `${known('output_tokens', 'output_unknown')} as output_tokens,`,
                `sum(cache_read_tokens) / nullif(sum(input_tokens), 0) as cached,`,
                `${MEAN_TOKENS} as mean_tokens, ${COST} as cost, sum(unpriced) as unpriced,`,
                `${MEAN_RESPONSE_MS} as mean_response_ms, ${LAST_USED} as last_used`,
                `${FROM} group by 1, 2 order by cost desc nulls last, requests desc`,
              ].join(' '),
            },
          ],
          columns: [
            { name: 'provider', title: 'Provider', unit: 'string' },
            { name: 'model', title: 'Model', unit: 'string' },
            { name: 'requests', title: 'Requests', unit: 'short', decimals: 0 },
            { name: 'succeeded', title: 'Succeeded', unit: 'short', decimals: 0 },
            { name: 'failed', title: 'Failed', unit: 'short', decimals: 0 },
            { name: 'success_rate', title: 'Success rate', unit: 'percentunit', decimals: 2 },
            { name: 'input_tokens', title: 'Input tokens', unit: 'short' },
            { name: 'output_tokens', title: 'Output tokens', unit: 'short' },
            { name: 'cached', title: 'Read from cache', unit: 'percentunit', decimals: 1 },
            { name: 'mean_tokens', title: 'Tokens a request', unit: 'short', decimals: 1 },
            { name: 'cost', title: 'Cost', unit: 'currencyUSD', decimals: 4 },
            { name: 'unpriced', title: 'Cost unknown', unit: 'short', decimals: 0 },
            { name: 'mean_response_ms', title: 'Mean response time', unit: 'ms', decimals: 0 },
            { name: 'last_used', title: 'Last used', unit: 'dateTimeFromNow' },
          ],
        },
        costPerHour(MODEL_NAME, FROM),
        barsPerHour(
          'Requests per hour',
          'Attempts by model, refused ones included.',
          'sum(requests)',
          MODEL_NAME,
          FROM,
          { unit: 'short' },
        ),
      ],
    },
    {
      title: 'Traffic',
      panels: [
        {
          kind: 'lines',
          title: 'Successes and failures per second',
          description: 'A failure has an error type: refused, cut, timed out or never connected.',
          unit: 'reqps',
          width: 12,
          noData: NO_METRICS,
          queries: [
            {
              source: 'prometheus',
              expr: rateBy(MODEL, 'wiretally_calls_total', `${SELECTOR}, error_type=""`),
              legend: `{{${MODEL}}} succeeded`,
            },
            {
              source: 'prometheus',
              expr: rateBy(`${MODEL}, error_type`, 'wiretally_calls_total', `${SELECTOR}, error_type!=""`),
              legend: `{{${MODEL}}} {{error_type}}`,
            },
          ],
        },
        {
          kind: 'lines',
          title: 'Input and output tokens per second',
          description: 'Input includes cached tokens, output includes reasoning.',
          unit: 'cps',
          width: 12,
          noData: NO_METRICS,
          queries: [
            {
              source: 'prometheus',
              expr: rateBy(
                `${MODEL}, wiretally_token_type`,
                'wiretally_tokens_total',
                `${SELECTOR}, wiretally_token_type=~"input|output"`,
              ),
              legend: `{{${MODEL}}} {{wiretally_token_type}}`,
            },
          ],
        },
      ],
    },
    {
      title: 'Latency',
      panels: latency(MODEL, SELECTOR, [0.95]),
    },
    {
      title: 'Requested and answered',
      panels: [
        {
          kind: 'table',
          title: 'Which model answered',
          description: 'An alias is answered by a dated model, a router by one of many. Refused calls have no answer.',
          unit: 'short',
          width: 24,
          noData: NO_CALLS,
          queries: [
            {
              source: 'postgres',
              format: 'table',
              sql: [
                `select provider_short_name as provider, nullif(request_model, '') as requested, nullif(response_model, '') as answered,`,
                `sum(requests) as requests, ${COST} as cost ${FROM} group by 1, 2, 3 order by requests desc`,
              ].join(' '),
            },
          ],
          columns: [
            { name: 'provider', title: 'Provider', unit: 'string' },
            { name: 'requested', title: 'Requested', unit: 'string' },
            { name: 'answered', title: 'Answered', unit: 'string' },
            { name: 'requests', title: 'Requests', unit: 'short', decimals: 0 },
            { name: 'cost', title: 'Cost', unit: 'currencyUSD', decimals: 4 },
          ],
        },
      ],
    },
  ],
};
