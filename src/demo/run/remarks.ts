/** What a ledger that logs JSON lines warns of, e.g. that somebody has the well-known OTLP port. */

/** Pino's number for warnings; errors have higher ones. */
const WARNING = 40;

export function remarksOf(output: string): string[] {
  return output.split('\n').flatMap((line) => {
    const entry = parsed(line);
    return entry !== null && Number(entry.level) >= WARNING && typeof entry.msg === 'string' ? [entry.msg] : [];
  });
}

function parsed(line: string): { readonly level?: unknown; readonly msg?: unknown } | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}
