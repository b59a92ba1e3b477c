/** Reports that are one table: a line here, and the command line, the API and the exports have it. */
import { dimensionColumn, MEASURES } from './columns.ts';
import type { Column } from './columns.ts';
import type { Dimension } from './usage-row.ts';
import type { UsageQuery } from './sum-usage.ts';
import type { Words } from './words/index.ts';

export interface TableReport {
  /** Of the command and the endpoint. */
  readonly name: string;
  readonly title: keyof Words['reports'];
  /** For help texts, in English like all of the command line. */
  readonly summary: string;
  readonly groupBy: readonly Dimension[];
  readonly orderBy: NonNullable<UsageQuery['orderBy']>;
  /** The groups are values of a tag, whose key the caller may choose. */
  readonly byTag?: true;
}

/** Of the tags that rollups and dashboards keep apart, what most ask for. */
export const DEFAULT_TAG = 'team';

export const TABLE_REPORTS = [
  {
    name: 'providers',
    title: 'byProvider',
    summary: 'calls, tokens and cost by provider',
    groupBy: ['provider'],
    orderBy: 'requests',
  },
  {
    name: 'models',
    title: 'byModel',
    summary: 'calls, tokens and cost by provider and model',
    groupBy: ['provider', 'model'],
    orderBy: 'requests',
  },
  {
    name: 'services',
    title: 'byService',
    summary: 'calls, tokens and cost by kind of service (text, image, video, …)',
    groupBy: ['service'],
    orderBy: 'cost',
  },
  {
    name: 'users',
    title: 'users',
    summary: 'calls, tokens and cost by user',
    groupBy: ['user'],
    orderBy: 'cost',
  },
  {
    name: 'applications',
    title: 'applications',
    summary: 'calls, tokens and cost by calling application (service.name)',
    groupBy: ['application'],
    orderBy: 'cost',
  },
  {
    name: 'tags',
    title: 'tags',
    summary: 'calls, tokens and cost by the value of a tag (--tag, default: team)',
    groupBy: [`tag:${DEFAULT_TAG}`],
    orderBy: 'cost',
    byTag: true,
  },
  {
    name: 'daily',
    title: 'daily',
    summary: 'calls, tokens and cost by day of the reporting time zone',
    groupBy: ['day'],
    orderBy: 'group',
  },
] as const satisfies readonly TableReport[];

export function columnsOf(report: Pick<TableReport, 'groupBy'>): Column[] {
  return [...report.groupBy.map(dimensionColumn), ...MEASURES];
}
