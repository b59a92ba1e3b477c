/** An error as an application can tell it from another one. */

/** Name, code and message, and those of the causes. */
export function described(error: unknown, depth = 0): string {
  if (!(error instanceof Error)) return `${typeof error} ${JSON.stringify(error)}`;
  const { name, message, cause } = error;
  const { code } = error as { code?: unknown };
  const own = `${error.constructor.name} ${name} ${String(code)} "${message}"`;
  const inner = error instanceof AggregateError ? error.errors : [];
  if (depth > 4) return own;
  return [own, ...inner.map((one) => `of ${described(one, depth + 1)}`)]
    .concat(cause === undefined ? [] : [`because of ${described(cause, depth + 1)}`])
    .join('; ');
}
