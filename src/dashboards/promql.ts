/** What the queries on Prometheus share: label names, selectors, and the one place where names of the conventions differ. */

export const PROVIDER = 'gen_ai_provider_name';
export const MODEL = 'gen_ai_request_model';
export const LIMIT_LABELS = `${PROVIDER}, ${MODEL}, wiretally_rate_limit_name, wiretally_rate_limit_window`;

export const OF_PROVIDERS = `${PROVIDER}=~"$provider"`;
export const OF_MODELS = `${MODEL}=~"$model"`;

/**
 * Buckets of a duration under the conventions' newer and older names (the `latest`, `v1.41` and `dup` modes of the instrumentation).
 * Not by a regular expression on the name: in `dup` mode each call is in both, and a rate of both has every series twice.
 */
export function durationBuckets(metric: 'duration' | 'time_to_first_chunk', selector: string): string {
  const [newer, older] = ['inference', 'operation'].map(
    (kind) => `rate(gen_ai_client_${kind}_${metric}_seconds_bucket{${selector}}[$__rate_interval])`,
  );
  return `(${newer} or ${older})`;
}

export function quantile(q: number, by: string, metric: 'duration' | 'time_to_first_chunk', selector: string): string {
  return `histogram_quantile(${q}, sum by (le, ${by}) ${durationBuckets(metric, selector)})`;
}

/** Per second, by some labels. */
export function rateBy(by: string, counter: string, selector: string): string {
  return `sum by (${by}) (rate(${counter}{${selector}}[$__rate_interval]))`;
}
