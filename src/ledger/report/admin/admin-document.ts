/** The admin report in the words of one language, section by section, in the order that its readers know. */
import { nativeDigits, isRightToLeft } from '../language.ts';
import type { Language } from '../language.ts';
import { formatCount, formatDate, formatDateTime, formatUsd } from '../numbers.ts';
import { item } from '../document.ts';
import type { Group, Item, ReportDocument, Section } from '../document.ts';
import { printable } from '../render/printable.ts';
import type { UsageRow } from '../usage-row.ts';
import { WORDS } from '../words/index.ts';
import type { Words } from '../words/index.ts';
import type { AdminReport, ProviderBlock, ProviderStatus } from './admin-report.ts';
import { periodWords } from './period-words.ts';
import type { LiveLimit } from './live-limits.ts';

export interface WordingOptions {
  readonly language: Language;
  /**
   * Isolates numbers and names in right-to-left text, so that they do not jump. Default true; false for readers that
   * compare the text byte by byte.
   */
  readonly directionMarks?: boolean | undefined;
  /** Numbers in the digits of the language. Default false. */
  readonly nativeDigits?: boolean | undefined;
}

const ICONS: Record<ProviderStatus, string> = { green: '🟢', yellow: '🟡', blue: '🔵', red: '🔴' };
const FIRST_STRONG_ISOLATE = '\u2068';
const POP_ISOLATE = '\u2069';
const RIGHT_TO_LEFT_MARK = '\u200F';

/** What the sections share: words, and how a value is set into a line. */
interface Setting {
  readonly words: Words;
  readonly timeZone: string;
  readonly line: (text: string) => string;
  readonly value: (text: string) => string;
  readonly digits: (text: string) => string;
}

export function adminDocument(report: AdminReport, options: WordingOptions): ReportDocument {
  const { language } = options;
  const marks = isRightToLeft(language) && options.directionMarks !== false;
  const digits = (text: string): string => (options.nativeDigits === true ? nativeDigits(text, language) : text);
  const setting: Setting = {
    words: WORDS[language],
    timeZone: report.timeZone,
    digits,
    line: (text) => (marks ? RIGHT_TO_LEFT_MARK + text : text),
    value: (text) => (marks ? FIRST_STRONG_ISOLATE + text + POP_ISOLATE : text),
  };
  const { words, line, value } = setting;
  return {
    rightToLeft: isRightToLeft(language),
    language,
    title: line(words.title),
    time: line(words.time(value(digits(formatDateTime(report.generatedAt, report.timeZone))))),
    sections: [
      {
        icon: null,
        heading: null,
        items: [],
        groups: report.blocks.map((block) => providerGroup(block, report, setting)),
      },
      summarySection(report, setting),
      statisticsSection(report, setting),
      ...limitsSection(report.limits, setting),
      ...unknownsSection(report, setting),
    ],
  };
}

function providerGroup(block: ProviderBlock, report: AdminReport, setting: Setting): Group {
  const { words, line, value, digits } = setting;
  const lines: Item[] = [];
  const say = (text: string, children: readonly string[] = []): number =>
    lines.push(item(line(text), children.map(line)));
  const labelled = (label: string, text: string): number => say(words.labelled(label, value(text)));
  const said = words.block;

  if (block.failing !== null) {
    const { failed, calls, errorType } = block.failing;
    say(digits(said.failing(failed, calls, value(printable(errorType)))));
  }
  switch (block.access) {
    case 'answers':
      say(said.apiActive);
      break;
    case 'metadata':
      say(said.answersCarryMetadata);
      say(said.figuresFromLedger);
      break;
    case 'headers':
      say(block.limitsObserved ? said.limitsInHeaders : said.noLimitsObserved);
      break;
    case 'none':
      say(said.noUsageEndpoint);
      if (block.checks.length > 0) {
        say(`${said.waysToCheck}:`, [...block.checks.map((check) => value(check)), said.internalTracking]);
      }
      break;
    case null:
      say(said.figuresFromLedger);
  }
  for (const limit of block.nearLimits) {
    say(digits(said.nearLimit(value(limitName(limit)), value(`${limit.percentLeft.toFixed(1)}%`))));
  }
  if (block.published !== null) {
    const { limits, publishedOn, plan } = block.published;
    const text = limits.map(({ count, unit, per }) => `${formatCount(count)} ${unit}/${per}`).join(', ');
    // A date that is the report's own says nothing.
    const today = publishedOn === formatDate(report.generatedAt, report.timeZone);
    const whose = [
      ...(plan === undefined ? [] : [value(plan)]),
      ...(today ? [] : [said.asOf(value(digits(publishedOn)))]),
    ];
    say(words.labelled(said.limits, value(digits(text))) + (whose.length === 0 ? '' : ` (${whose.join('; ')})`));
  }
  if (block.link !== null) labelled(said.manualLink, block.link);
  if (block.access === 'none') labelled(said.note, said.storedInLedger);
  else if (block.access === 'headers') labelled(said.note, said.liveLimitsFromHeaders);
  else if (block.note !== null) labelled(said.note, block.note);
  return { icon: ICONS[block.status], title: line(value(printable(block.displayName))), items: lines };
}

function summarySection(report: AdminReport, setting: Setting): Section {
  const { words, line, value, digits } = setting;
  const { providers, active, complete } = report.summary;
  const count = (label: string, number: number): Item =>
    item(line(words.labelled(label, value(digits(formatCount(number))))));
  return {
    icon: '📊',
    heading: line(words.summary.heading),
    items: [
      count(words.summary.providers, providers),
      count(words.summary.active, active),
      count(words.summary.complete, complete),
    ],
    groups: [],
  };
}

function statisticsSection(report: AdminReport, setting: Setting): Section {
  const { words, line, digits } = setting;
  return {
    icon: '📈',
    heading: line(digits(words.statistics.heading(periodWords(report, words)))),
    items: report.byProvider.length === 0 ? [item(line(words.noCalls))] : [],
    groups: report.byProvider.map((row) => statisticsGroup(row, report, setting)),
  };
}

function statisticsGroup(row: UsageRow, report: AdminReport, setting: Setting): Group {
  const { words, line, value, digits } = setting;
  const said = words.statistics;
  const block = report.blocks.find(({ provider }) => provider === row.group['provider']);
  const count = (number: number | null): string => (number === null ? words.unknown : digits(formatCount(number)));
  const labelled = (label: string, text: string): Item => item(line(words.labelled(label, value(text))));
  const lacks = (text: string): string => ` (${digits(text)})`;
  const withUsage = row.requests - row.withoutUsage;
  const mean = row.totalTokens === null || withUsage === 0 ? null : Math.round(row.totalTokens / withUsage);
  const totalTokens = words.labelled(said.totalTokens, value(count(row.totalTokens)));
  const cost = row.costUsd === null ? words.unknown : digits(formatUsd(row.costUsd));
  return {
    icon: null,
    title: line(value(block?.displayName ?? printable(row.group['provider'] ?? words.unknown))),
    items: [
      labelled(said.requests, count(row.requests)),
      ...(row.failed > 0 ? [labelled(said.failed, count(row.failed))] : []),
      item(line(totalTokens + (row.withoutUsage > 0 ? lacks(said.callsWithoutUsage(row.withoutUsage)) : ''))),
      labelled(said.promptTokens, count(row.inputTokens)),
      labelled(said.completionTokens, count(row.outputTokens)),
      labelled(said.meanTokens, count(mean)),
      item(
        line(
          words.labelled(said.cost, value(cost)) + (row.unpriced > 0 ? lacks(said.callsWithoutCost(row.unpriced)) : ''),
        ),
      ),
      labelled(
        said.lastUsed,
        row.lastUsedAt === null ? words.never : digits(formatDate(row.lastUsedAt, setting.timeZone)),
      ),
    ],
  };
}

function limitName(limit: LiveLimit): string {
  const window = limit.window === null ? '' : `/${limit.window}`;
  return printable(`${limit.name}${window}${limit.model === null ? '' : `, ${limit.model}`}`);
}

function limitsSection(limits: readonly LiveLimit[], setting: Setting): Section[] {
  if (limits.length === 0) return [];
  const { words, line, value, digits } = setting;
  const groups = Map.groupBy(limits, (limit) => limit.displayName);
  return [
    {
      icon: '⏱',
      heading: line(words.limits.heading),
      items: [],
      groups: [...groups].map(([displayName, ofProvider]) => ({
        icon: null,
        title: line(value(printable(displayName))),
        items: ofProvider.map((limit) => {
          const left = words.limits.line(
            value(digits(formatCount(limit.remaining))),
            value(digits(formatCount(limit.limit))),
          );
          const at = value(digits(formatDateTime(limit.observedAt, setting.timeZone)));
          return item(line(`${words.labelled(value(limitName(limit)), left)} (${at})`));
        }),
      })),
    },
  ];
}

function unknownsSection(report: AdminReport, setting: Setting): Section[] {
  if (report.unknowns.length === 0) return [];
  const { words, line, value, digits } = setting;
  const reasons: Readonly<Record<string, string>> = { ...words.missingReasons, ...words.unpricedReasons };
  return [
    {
      icon: '❔',
      heading: line(words.reports.unknowns),
      items: report.unknowns.map(({ what, reason, calls }) => {
        const count = words.statistics[what === 'usage' ? 'callsWithoutUsage' : 'callsWithoutCost'](calls);
        return item(line(words.labelled(digits(count), value(reasons[reason] ?? printable(reason)))));
      }),
      groups: [],
    },
  ];
}
