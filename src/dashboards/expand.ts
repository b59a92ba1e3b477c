/**
 * Does to a query what Grafana 12 does before it sends it: macros and variables become text. For tests, which run every query
 * without Grafana; only what our queries use is known, and anything else is an error.
 */

export interface ExpandOptions {
  readonly from: Date;
  readonly to: Date;
  /** The step of a graph, `$__interval`. */
  readonly intervalSeconds: number;
  /** Chosen values of the dashboard's variables. */
  readonly variables: Readonly<Record<string, readonly string[]>>;
}

/** How often metrics arrive: `$__rate_interval` covers four of them. Same as in the provisioned data source. */
export const METRICS_INTERVAL_SECONDS = 60;

/** @throws Error that names a macro or variable which is not known */
export function expandPromql(expr: string, options: ExpandOptions): string {
  const rateInterval = Math.max(options.intervalSeconds + METRICS_INTERVAL_SECONDS, 4 * METRICS_INTERVAL_SECONDS);
  const range = Math.round((options.to.getTime() - options.from.getTime()) / 1000);
  return variables(
    expr
      .replaceAll('$__rate_interval', `${rateInterval}s`)
      .replaceAll('$__interval', `${options.intervalSeconds}s`)
      .replaceAll('$__range', `${range}s`),
    options,
    { '': promqlRegex },
  );
}

/** @throws Error that names a macro or variable which is not known */
export function expandSql(sql: string, options: ExpandOptions): string {
  const from = `'${options.from.toISOString()}'`;
  const to = `'${options.to.toISOString()}'`;
  const interval = `${options.intervalSeconds}s`;
  const expanded = sql
    .replaceAll('$__interval', interval)
    .replaceAll(/\$__timeFilter\(([^()]+)\)/g, (_, column: string) => `${column} BETWEEN ${from} AND ${to}`)
    .replaceAll('$__timeFrom()', from)
    .replaceAll('$__timeTo()', to)
    .replaceAll(/\$__timeGroupAlias\(([^(),]+),\s*'?(\d+)s'?\)/g, (_, column: string, seconds: string) => {
      return `${timeGroup(column, seconds)} AS "time"`;
    })
    .replaceAll(/\$__timeGroup\(([^(),]+),\s*'?(\d+)s'?\)/g, (_, column: string, seconds: string) => {
      return timeGroup(column, seconds);
    });
  return variables(expanded, options, { sqlstring });
}

function timeGroup(column: string, seconds: string): string {
  return `floor(extract(epoch from ${column})/${seconds})*${seconds}`;
}

type Formats = Readonly<Record<string, (values: readonly string[]) => string>>;

function variables(text: string, options: ExpandOptions, formats: Formats): string {
  const used = /\$\{(\w+)(?::(\w+))?\}|\$(\w+)/g;
  return text.replaceAll(used, (whole, braced?: string, format?: string, bare?: string) => {
    const values = options.variables[braced ?? bare ?? ''];
    const write = formats[format ?? ''];
    if (values === undefined)
      throw new Error(`${whole}: no such variable or macro; known: ${Object.keys(options.variables).join(', ')}`);
    if (write === undefined)
      throw new Error(`${whole}: this kind of query takes only the formats "${Object.keys(formats).join('", "')}"`);
    return write(values);
  });
}

/** Several values in a PromQL regular expression that stands within a string. */
function promqlRegex(values: readonly string[]): string {
  const escaped = values.map((value) => value.replaceAll('\\', '\\\\\\\\').replaceAll(/[$^*{}[\]'+?.()|]/g, '\\\\$&'));
  return escaped.length === 1 ? escaped.join('') : `(${escaped.join('|')})`;
}

function sqlstring(values: readonly string[]): string {
  return values.map((value) => `'${value.replaceAll("'", "''")}'`).join(',');
}
