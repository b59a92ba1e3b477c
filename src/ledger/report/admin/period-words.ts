/** How a report names the time that it is of. */
import { formatDateTime } from '../numbers.ts';
import type { Words } from '../words/index.ts';
import type { AdminReport } from './admin-report.ts';

export function periodWords(report: Pick<AdminReport, 'days' | 'period' | 'timeZone'>, words: Words): string {
  const { days, timeZone } = report;
  const { from, to } = report.period;
  if (days !== null || (from === null && to === null)) return words.period(days);
  const at = (time: Date | null): string | null => (time === null ? null : formatDateTime(time, timeZone));
  return words.between(at(from), at(to));
}
