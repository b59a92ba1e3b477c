/** The columns of reports that are tables: what they are called, how they are written, when they give way. */
import { formatCount, formatDateTime, formatMilliseconds, formatUsd } from './numbers.ts';
import type { TerminalColumn } from './render/terminal-table.ts';
import { printable } from './render/printable.ts';
import type { Dimension, UsageRow } from './usage-row.ts';
import type { ColumnWords, Words } from './words/index.ts';

export interface Column {
  /** In JSON and CSV, and in the words. */
  readonly key: string;
  readonly words: keyof ColumnWords;
  readonly align: 'left' | 'right';
  readonly dropFirst?: number;
  readonly mayBeCut?: true;
  /** Default: in all formats. */
  readonly only?: 'people' | 'programs';
  /** For programs: exact and undecorated. */
  readonly raw: (row: UsageRow) => string | number | null;
  /** For people. */
  readonly text: (row: UsageRow, words: Words, timeZone: string) => string;
}

const count = (
  key: string,
  words: keyof ColumnWords,
  read: (row: UsageRow) => number | null,
  dropFirst?: number,
): Column => ({
  key,
  words,
  align: 'right',
  ...(dropFirst === undefined ? {} : { dropFirst }),
  raw: read,
  text: (row, said) => {
    const value = read(row);
    // Images and speech are not counted in tokens: nothing is missing there.
    return value === null ? (row.withoutUsage === 0 ? '–' : said.unknown) : formatCount(value);
  },
});

const forPrograms = (key: string, read: (row: UsageRow) => number | null): Column => ({
  ...count(key, 'units', read),
  only: 'programs',
});

/** Many models have no such tokens and never state them: a dash, so that what is unknown among the others is seen. */
const seldom = (
  key: string,
  words: keyof ColumnWords,
  read: (row: UsageRow) => number | null,
  dropFirst: number,
): Column => ({
  ...count(key, words, read, dropFirst),
  text: (row) => {
    const value = read(row);
    return value === null ? '–' : formatCount(value);
  },
});

/** Zeros that are good news are left blank, so that the others are seen. */
const problem = (
  key: string,
  words: keyof ColumnWords,
  read: (row: UsageRow) => number,
  dropFirst?: number,
): Column => ({
  ...count(key, words, read, dropFirst),
  text: (row) => (read(row) === 0 ? '' : formatCount(read(row))),
});

export const MEASURES: readonly Column[] = [
  count('requests', 'requests', (row) => row.requests),
  problem('failed', 'failed', (row) => row.failed, 8),
  count('input_tokens', 'inputTokens', (row) => row.inputTokens),
  count('output_tokens', 'outputTokens', (row) => row.outputTokens),
  forPrograms('total_tokens', (row) => row.totalTokens),
  seldom('cache_read_tokens', 'cachedTokens', (row) => row.cacheReadTokens, 4),
  seldom('reasoning_tokens', 'reasoningTokens', (row) => row.reasoningTokens, 1),
  {
    key: 'units',
    words: 'units',
    align: 'left',
    dropFirst: 2,
    only: 'people',
    raw: () => null,
    text: (row, { units }) =>
      [
        row.images === null ? null : units.images(row.images),
        row.videoSeconds === null ? null : units.videoSeconds(row.videoSeconds),
        row.audioSeconds === null ? null : units.audioSeconds(row.audioSeconds),
        row.characters === null ? null : units.characters(row.characters),
      ]
        .filter((text) => text !== null)
        .join(', '),
  },
  forPrograms('images', (row) => row.images),
  forPrograms('video_seconds', (row) => row.videoSeconds),
  forPrograms('audio_seconds', (row) => row.audioSeconds),
  forPrograms('characters', (row) => row.characters),
  {
    key: 'cost_usd',
    words: 'cost',
    align: 'right',
    raw: (row) => row.costUsd,
    text: (row, words) => (row.costUsd === null ? words.unknown : formatUsd(row.costUsd)),
  },
  problem('requests_without_usage', 'withoutUsage', (row) => row.withoutUsage, 6),
  problem('requests_without_cost', 'unpriced', (row) => row.unpriced, 7),
  {
    key: 'mean_duration_ms',
    words: 'meanLatency',
    align: 'right',
    dropFirst: 5,
    raw: (row) => (row.meanDurationMs === null ? null : Math.round(row.meanDurationMs)),
    text: (row, words) => (row.meanDurationMs === null ? words.unknown : formatMilliseconds(row.meanDurationMs)),
  },
  {
    key: 'last_used_at',
    words: 'lastUsed',
    align: 'left',
    dropFirst: 3,
    raw: (row) => row.lastUsedAt?.toISOString() ?? null,
    text: (row, words, timeZone) => (row.lastUsedAt === null ? words.never : formatDateTime(row.lastUsedAt, timeZone)),
  },
];

const DIMENSION_WORDS: Readonly<Record<string, keyof ColumnWords>> = {
  provider: 'provider',
  model: 'model',
  request_model: 'model',
  response_model: 'model',
  service: 'service',
  operation: 'operation',
  user: 'user',
  chat: 'chat',
  session: 'session',
  application: 'application',
  day: 'day',
  hour: 'hour',
};

export function dimensionColumn(dimension: Dimension): Column {
  const read = (row: UsageRow): string | null => row.group[dimension] ?? null;
  return {
    key: dimension,
    words: DIMENSION_WORDS[dimension] ?? 'tag',
    align: 'left',
    mayBeCut: true,
    raw: read,
    text: (row, words) => printable(read(row) ?? words.unknown),
  };
}

export function terminalColumn(column: Column, words: Words): TerminalColumn {
  const { align, dropFirst, mayBeCut } = column;
  return {
    head: words.columns[column.words],
    align,
    ...(dropFirst === undefined ? {} : { dropFirst }),
    ...(mayBeCut === undefined ? {} : { mayBeCut }),
  };
}
