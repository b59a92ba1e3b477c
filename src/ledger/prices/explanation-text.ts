/** An explanation for a terminal. */
import type { CardSheet } from '@wiretally/usage';
import { formatCount, formatDateTime } from '../report/numbers.ts';
import { printable } from '../report/render/printable.ts';
import { terminalTable } from '../report/render/terminal-table.ts';
import type { TerminalOptions } from '../report/render/terminal-table.ts';
import type { ExplanationAnswer } from './explanation-answer.ts';

export function explanationText(answer: ExplanationAnswer, timeZone: string, options: TerminalOptions): string {
  const model = answer.response_model ?? answer.request_model ?? 'no model named';
  return [
    `${answer.provider}/${model}, ${answer.operation}, ${formatDateTime(new Date(answer.timestamp), timeZone)} (${timeZone})`,
    answer.summary,
    '',
    ...usageLines(answer),
    ...rateLines(answer, options),
    ...cardLines(answer, timeZone),
    ...answer.history.map(
      ({ cost_exact: cost, until, by, reason }) =>
        `Until ${formatDateTime(new Date(until), timeZone)} it cost ${cost === null ? 'an unknown amount' : `$${cost}`}; ` +
        `priced again by ${by}${reason === null ? '' : `: ${reason}`}`,
    ),
  ]
    .map((line) => printable(line))
    .join('\n');
}

function usageLines({ usage }: ExplanationAnswer): string[] {
  const list = (values: Readonly<Record<string, unknown>>): string =>
    Object.entries(values)
      .map(([name, value]) => `${name} ${typeof value === 'number' ? formatCount(value) : String(value)}`)
      .join(', ');
  const counts = [list(usage.tokens), list(usage.units)].filter((text) => text !== '').join(', ');
  const lines = [counts === '' ? 'Usage: not known' : `Usage (${usage.source}): ${counts}`];
  if (Object.keys(usage.modifiers).length > 0) lines.push(`Stated with it: ${list(usage.modifiers)}`);
  if (usage.parts > 0) lines.push(`The answer has ${usage.parts} parts, which are what is priced.`);
  return lines;
}

function rateLines(
  { lines, cost_calculated_exact: calculated }: ExplanationAnswer,
  options: TerminalOptions,
): string[] {
  if (lines.length === 0) return [];
  return terminalTable(
    [
      { head: 'For', align: 'left', mayBeCut: true },
      { head: 'Quantity', align: 'right' },
      { head: 'Rate', align: 'left' },
      { head: 'Amount', align: 'right' },
    ],
    lines.map((line) => [
      `${line.meter.replaceAll('_', ' ')}${line.part === null ? '' : ` (${line.part})`}`,
      quantity(line),
      `$${line.rate_exact}${per(line.per)}${tier(line.tier_above_input_tokens)}`,
      `$${line.amount_exact}`,
    ]),
    ['Total', '', '', `$${calculated ?? '?'}`],
    options,
  );
}

function quantity(line: ExplanationAnswer['lines'][number]): string {
  const billed = formatCount(line.quantity);
  return line.quantity === line.stated_quantity ? billed : `${billed} (of ${formatCount(line.stated_quantity)})`;
}

const per = (units: number): string => (units === 1 ? ' each' : ` per ${formatCount(units)}`);
const tier = (above: number | null): string => (above === null ? '' : `, above ${formatCount(above)} input tokens`);

function cardLines(answer: ExplanationAnswer, timeZone: string): string[] {
  const { price_card: id, rate_card: kept, replay } = answer;
  if (id === null) return [];
  if (kept === null) {
    return [`Rate card ${id} is not in this ledger: the cost cannot be computed again, and stays as it is.`];
  }
  const sheets = kept.card.sheets.map(
    (sheet) => `  ${sheet.part === null ? '' : `${sheet.part}: `}${sourceOf(sheet)}${modifiersOf(sheet)}`,
  );
  const since =
    kept.first_seen === null
      ? 'found by pricing the call again'
      : `kept since ${formatDateTime(new Date(kept.first_seen), timeZone)}`;
  return [`Rate card ${id}, ${since}`, ...sheets, replayLine(replay)];
}

function sourceOf(sheet: CardSheet): string {
  const source = { user: 'your table', supplement: 'the supplement', 'genai-prices': 'genai-prices', legacy: 'legacy' };
  const from = sheet.effectiveFrom === null ? '' : `, from ${sheet.effectiveFrom}`;
  const hours = sheet.hours === null ? '' : `, ${sheet.hours}`;
  const free = sheet.free === null ? '' : ', free';
  return `${sheet.provider}/${sheet.model} in ${source[sheet.source]} ${sheet.sourceVersion}${from}${hours}${free}`;
}

function modifiersOf(sheet: CardSheet): string {
  return sheet.modifiers
    .map(({ name, value, factor }) => `; ${name} ${value}${factor === undefined ? '' : ` × ${factor}`}`)
    .join('');
}

function replayLine(replay: ExplanationAnswer['replay']): string {
  if (replay === null || replay.cost_exact === null) {
    return 'Computed again: this version cannot compute with this card; the stored cost stays as it is.';
  }
  return replay.equal
    ? 'Computed again from the card and the stored usage: the same to the last digit.'
    : `Computed again from the card and the stored usage: $${replay.cost_exact}, which is NOT what is stored.`;
}
