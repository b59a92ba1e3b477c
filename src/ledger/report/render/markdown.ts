/** A report as Markdown. */
import type { Item, ReportDocument } from '../document.ts';

export function renderMarkdown(document: ReportDocument): string {
  const lines = [`# 💎 ${escape(document.title)}`, '', `🕐 ${escape(document.time)}`, ''];
  const list = (items: readonly Item[]): void => {
    for (const each of items) {
      lines.push(`- ${escape(each.text)}`, ...each.children.map((child) => `  - ${escape(child)}`));
    }
    if (items.length > 0) lines.push('');
  };
  for (const section of document.sections) {
    if (section.heading !== null) lines.push(`## ${withIcon(section.icon, section.heading)}`, '');
    list(section.items);
    for (const group of section.groups) {
      lines.push(`### ${withIcon(group.icon, group.title)}`, '');
      list(group.items);
    }
  }
  while (lines.at(-1) === '') lines.pop();
  const text = `${lines.join('\n')}\n`;
  // Markdown has no direction of its own; renderers honour the element.
  return document.rightToLeft ? `<div dir="rtl">\n\n${text}\n</div>\n` : text;
}

const withIcon = (icon: string | null, text: string): string => (icon === null ? '' : `${icon} `) + escape(text);

/** Names come from the network: they must not become links, code or HTML. */
export function escape(text: string): string {
  return text.replace(/[\\`*_[\]<>|]/g, String.raw`\$&`);
}
