/** What is left of each limit that a provider states. */
import { LIMIT_LABELS, OF_PROVIDERS, PROVIDER } from './promql.ts';
import type { PrometheusQuery, RowSpec } from './spec.ts';

const limitLegend = `{{${PROVIDER}}} {{gen_ai_request_model}} {{wiretally_rate_limit_name}}/{{wiretally_rate_limit_window}}`;

export const rateLimits: RowSpec = {
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
        limit('wiretally_rate_limit_reset_timestamp_seconds', 'max', '- time()'),
        limit('wiretally_rate_limit_observed_timestamp_seconds', 'max', '* -1 + time()'),
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
};

function limit(metric: string, aggregate: 'min' | 'max', rest = ''): PrometheusQuery {
  const expr = `${aggregate} by (${LIMIT_LABELS}) (${metric}{${OF_PROVIDERS}}) ${rest}`.trimEnd();
  return { source: 'prometheus', expr, legend: limitLegend, instant: true };
}
