/** What `/token_usage` answers: totals, by model, by day. The sums are those of every other surface. */
import type { Ledger } from '../ledger.ts';
import type { Language } from '../report/language.ts';
import { formatDateTime } from '../report/numbers.ts';
import { lastDays } from '../report/period.ts';
import { onOneSnapshot } from '../report/queryable.ts';
import { sumUsage } from '../report/sum-usage.ts';
import type { UsageRow } from '../report/usage-row.ts';
import { chatLines } from './chat-lines.ts';
import type { ChatLines } from './chat-lines.ts';

/** More of them are a table for another place than a chat. */
const MOST_DAYS = 31;

export async function usageSummary(
  { pool, timeZone }: Pick<Ledger, 'pool' | 'timeZone'>,
  days: number,
  now: Date,
  language: Language,
): Promise<string> {
  const period = lastDays(days, now);
  const { total, models, daily } = await onOneSnapshot(pool, async (db) => ({
    total: (await sumUsage(db, period))[0],
    models: await sumUsage(db, { ...period, groupBy: ['provider', 'model'], orderBy: 'cost' }),
    daily: await sumUsage(db, { ...period, groupBy: ['day'], orderBy: 'group', timeZone }),
  }));
  const lines = chatLines(language);
  const { words, line, value } = lines;
  const text = [
    line(`💎 ${words.title}`),
    line(`🕐 ${words.time(value(`${formatDateTime(now, timeZone)} (${timeZone})`))}`),
    line(`📅 ${words.period(days)}`),
    '',
  ];
  if (total === undefined || total.requests === 0) return [...text, line(words.noCalls)].join('\n');
  text.push(line(`📊 ${words.total}:`), ...totals(total, lines), '');
  text.push(line(`🤖 ${words.reports.byModel}:`));
  for (const row of models) {
    const name = `${row.group['model'] ?? words.unknown} (${row.group['provider'] ?? words.unknown})`;
    text.push(rowLine(name, row, lines));
  }
  text.push('', line(`📈 ${words.reports.daily}:`));
  if (daily.length > MOST_DAYS) text.push(line('…'));
  for (const row of daily.slice(-MOST_DAYS)) text.push(rowLine(row.group['day'] ?? words.unknown, row, lines));
  return text.join('\n');
}

export function totals(row: UsageRow, { words, bullet, count, usd }: ChatLines): string[] {
  const said = words.statistics;
  const lacks = (calls: number, text: (count: number) => string): string => (calls === 0 ? '' : ` (${text(calls)})`);
  return [
    bullet(said.requests, count(row.requests)),
    ...(row.failed === 0 ? [] : [bullet(said.failed, count(row.failed))]),
    bullet(said.totalTokens, count(row.totalTokens), lacks(row.withoutUsage, said.callsWithoutUsage)),
    bullet(said.promptTokens, count(row.inputTokens)),
    bullet(said.completionTokens, count(row.outputTokens)),
    bullet(said.cost, usd(row.costUsd), lacks(row.unpriced, said.callsWithoutCost)),
  ];
}

/** `• gpt-4o-mini (openai): Calls 2 · Input 200 · Output 40 · $0.0001` */
export function rowLine(
  name: string,
  row: Pick<UsageRow, 'requests' | 'inputTokens' | 'outputTokens' | 'costUsd'>,
  { words, line, value, count, usd }: ChatLines,
): string {
  const part = (label: string, number: number | null): string => `${label} ${value(count(number))}`;
  const parts = [
    part(words.columns.requests, row.requests),
    part(words.columns.inputTokens, row.inputTokens),
    part(words.columns.outputTokens, row.outputTokens),
    `${words.columns.cost} ${value(usd(row.costUsd))}`,
  ];
  return line(`• ${words.labelled(value(name), parts.join(' · '))}`);
}
