/** Panels that several dashboards show, each of its own part of the ledger or of the metrics. */
import { COST, SUCCESS_RATE } from './ledger-sql.ts';
import { quantile } from './promql.ts';
import type { PanelSpec, Shown } from './spec.ts';

export const NO_CALLS = 'No calls in this range';
export const NO_METRICS = 'No metrics in this range: no calls, or Prometheus does not get them';
export const NO_STREAMS = 'No streamed call in this range, or Prometheus does not get metrics';

/** One number of the ledger. `from` is the query behind `select … as value`. */
export type Total = (title: string, description: string, sql: string, shown: Shown) => PanelSpec;

export const totalsOf =
  (from: string): Total =>
  (title, description, sql, shown) => ({
    kind: 'stat',
    title,
    description,
    width: 4,
    noData: NO_CALLS,
    queries: [{ source: 'postgres', format: 'table', sql: `select ${sql} as value ${from}` }],
    ...shown,
  });

/** What every page begins with. */
export const spendAndRequests = (total: Total): PanelSpec[] => [
  total('Spend', 'Sum of all calls whose cost is known, from the ledger; whole hours.', COST, {
    unit: 'currencyUSD',
    decimals: 4,
  }),
  total('Requests', 'Attempts at billed work, refused and cut ones included.', 'sum(requests)', {
    unit: 'short',
    decimals: 0,
  }),
  total('Success rate', 'Share of attempts that ended well.', SUCCESS_RATE, { unit: 'percentunit', decimals: 2 }),
];

/** Sums of each hour, a series for each value of `series`. */
export const barsPerHour = (
  title: string,
  description: string,
  value: string,
  series: string,
  from: string,
  shown: Shown,
): PanelSpec => ({
  kind: 'bars',
  title,
  description,
  ...shown,
  width: 12,
  noData: NO_CALLS,
  queries: [
    {
      source: 'postgres',
      format: 'time_series',
      sql: `select hour as time, ${series} as metric, ${value} as value ${from} group by 1, 2 order by 1`,
    },
  ],
});

export const costPerHour = (series: string, from: string): PanelSpec =>
  barsPerHour(
    'Cost per hour',
    'From the ledger: rates of counters lose a first sample and restarts, sums of rows do not.',
    'sum(cost_usd)',
    series,
    from,
    { unit: 'currencyUSD', decimals: 4 },
  );

const percentiles = (
  title: string,
  description: string,
  noData: string,
  metric: Parameters<typeof quantile>[2],
  [first, ...others]: readonly [number, ...number[]],
  label: string,
  selector: string,
): PanelSpec => {
  const line = (share: number) =>
    ({
      source: 'prometheus',
      expr: quantile(share, label, metric, selector),
      legend: `{{${label}}} p${String(share * 100)}`,
    }) as const;
  return {
    kind: 'lines',
    title,
    description,
    unit: 's',
    width: 12,
    noData,
    queries: [line(first), ...others.map(line)],
  };
};

/** The row "Latency": a line for each value of `label`. */
export const latency = (label: string, selector: string, firstToken: readonly [number, ...number[]]): PanelSpec[] => [
  percentiles(
    'Duration p50, p95, p99',
    'From the request to the end of the answer.',
    NO_METRICS,
    'duration',
    [0.5, 0.95, 0.99],
    label,
    selector,
  ),
  percentiles(
    `Time to first token ${firstToken.map((share) => `p${String(share * 100)}`).join(', ')}`,
    'Streamed answers: from the request to the first chunk of the body.',
    NO_STREAMS,
    'time_to_first_chunk',
    firstToken,
    label,
    selector,
  ),
];
