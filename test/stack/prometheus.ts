/** Prometheus' HTTP API, as far as the checks need it. */

/** One series of an answer: its labels, and its values in the order of time. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: readonly number[];
}

interface Answer {
  readonly status: 'success' | 'error';
  readonly error?: string;
  readonly data: {
    readonly result: readonly {
      readonly metric: Record<string, string>;
      readonly value?: readonly [number, string];
      readonly values?: readonly (readonly [number, string])[];
    }[];
  };
}

/** @throws Error with Prometheus' own words */
export async function queryNow(base: string, query: string): Promise<Series[]> {
  return ask(`${base}/api/v1/query`, { query });
}

export async function queryRange(
  base: string,
  query: string,
  from: Date,
  to: Date,
  stepSeconds: number,
): Promise<Series[]> {
  const [start, end] = [from, to].map((moment) => String(moment.getTime() / 1000)) as [string, string];
  return ask(`${base}/api/v1/query_range`, { query, start, end, step: String(stepSeconds) });
}

async function ask(url: string, parameters: Record<string, string>): Promise<Series[]> {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(parameters) });
  const answer = (await response.json()) as Answer;
  if (answer.status !== 'success') throw new Error(`Prometheus refuses ${parameters['query']}: ${answer.error}`);
  return answer.data.result.map(({ metric, value, values }) => ({
    labels: metric,
    values: (values ?? (value === undefined ? [] : [value])).map(([, text]) => Number(text)),
  }));
}
