/** What `/session ID` answers: the session's totals, by service, and its latest operations. */
import type { Ledger } from '../ledger.ts';
import type { Language } from '../report/language.ts';
import { formatDateTime } from '../report/numbers.ts';
import { ALL_TIME } from '../report/period.ts';
import { onOneSnapshot } from '../report/queryable.ts';
import { sumUsage } from '../report/sum-usage.ts';
import { listOperations } from '../serve/operations.ts';
import { findSession } from '../serve/sessions.ts';
import { chatLines } from './chat-lines.ts';
import { rowLine, totals } from './usage-summary.ts';

const LATEST = 10;

/** @returns null where there is no such session */
export async function sessionText(
  { pool, timeZone }: Pick<Ledger, 'pool' | 'timeZone'>,
  id: string,
  now: Date,
  language: Language,
): Promise<string | null> {
  const filter = { session: id };
  const found = await onOneSnapshot(pool, async (db) => ({
    session: await findSession(db, id, now),
    total: (await sumUsage(db, { filter }))[0],
    services: await sumUsage(db, { filter, groupBy: ['service'], orderBy: 'cost' }),
    latest: await listOperations(db, { period: ALL_TIME, filter, order: 'newest', limit: LATEST }),
  }));
  const { session, total, services, latest } = found;
  if (session === null || total === undefined) return null;
  const lines = chatLines(language);
  const { words, said, line, value, bullet, count, usd } = lines;
  const at = (time: Date): string => formatDateTime(time, timeZone);
  const text = [
    line(
      `${session.active ? '🟢' : '⚪'} ${said.session.title(value(id))} (${session.active ? said.session.active : said.session.ended})`,
    ),
    bullet(said.session.start, at(session.startedAt)),
    bullet(said.session.lastUpdate, at(session.lastUpdateAt)),
    ...totals(total, lines),
  ];
  if (services.length > 0) text.push('', line(`📊 ${words.reports.byService}:`));
  for (const row of services) text.push(rowLine(row.group['service'] ?? words.unknown, row, lines));
  if (latest.length > 0) text.push('', line(`🕐 ${said.session.latest}:`));
  for (const row of latest) {
    const what = `${row.model ?? words.unknown} (${row.provider})`;
    const tokens = `${count(row.inputTokens)} → ${count(row.outputTokens)}`;
    const end = row.success ? usd(row.costUsd) : `❌ ${row.errorType ?? ''}`;
    text.push(line(`• ${[at(row.at), what, tokens, end].map(value).join(' · ')}`));
  }
  return text.join('\n');
}
