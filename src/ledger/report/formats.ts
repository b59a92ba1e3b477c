/** The formats that reports can be had in. `table` is for terminals, `text` for chats. */
import { adminCsv, adminJson } from './admin/admin-json.ts';
import { adminDocument } from './admin/admin-document.ts';
import type { WordingOptions } from './admin/admin-document.ts';
import type { AdminReport } from './admin/admin-report.ts';
import { renderHtml } from './render/html.ts';
import { renderMarkdown } from './render/markdown.ts';
import { renderTerminalReport } from './render/terminal-report.ts';
import type { TerminalOptions } from './render/terminal-table.ts';
import { renderText } from './render/text.ts';

export const FORMATS = ['table', 'text', 'markdown', 'json', 'csv', 'html'] as const;
export type Format = (typeof FORMATS)[number];

export const NO_TERMINAL: TerminalOptions = { width: Infinity, colour: false };

export function renderAdminReport(
  report: AdminReport,
  format: Format,
  wording: WordingOptions,
  terminal: TerminalOptions = NO_TERMINAL,
): string {
  switch (format) {
    case 'table':
      return renderTerminalReport(report, wording.language, terminal);
    case 'text':
      return renderText(adminDocument(report, wording));
    case 'markdown':
      return renderMarkdown(adminDocument(report, wording));
    case 'html':
      return renderHtml(adminDocument(report, wording));
    case 'json':
      return `${JSON.stringify(adminJson(report), null, 2)}\n`;
    case 'csv':
      return adminCsv(report);
  }
}
