/** The terminal report as the running ledger prints it, over all its data: `wiretally report --url …` asks the same. */

const REPORT_PATIENCE_MS = 30_000;

/** @throws Error where the ledger does not answer. */
export async function terminalReport(
  ledgerUrl: string,
  terminal: { columns?: number; isTTY?: boolean },
): Promise<string> {
  const query = new URLSearchParams({ format: 'table' });
  if (terminal.isTTY === true) {
    query.set('colour', 'true');
    if (terminal.columns !== undefined) query.set('width', String(terminal.columns));
  }
  const answer = await fetch(`${ledgerUrl}/api/reports/admin?${query.toString()}`, {
    signal: AbortSignal.timeout(REPORT_PATIENCE_MS),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`The ledger's report answered ${answer.status}: ${text}`);
  return text.trimEnd();
}
