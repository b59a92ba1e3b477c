/** A report as plain text, for a chat or a file. */
import type { Item, ReportDocument, Section } from '../document.ts';

export function renderText(document: ReportDocument): string {
  const lines = [`💎 ${document.title}`, '', `🕐 ${document.time}`, ''];
  for (const section of document.sections) {
    if (section.heading !== null) lines.push(`${section.icon === null ? '' : `${section.icon} `}${section.heading}:`);
    lines.push(...body(section));
  }
  while (lines.at(-1) === '') lines.pop();
  return `${lines.join('\n')}\n`;
}

function body(section: Section): string[] {
  const lines = section.items.flatMap((each) => itemLines(each, ''));
  if (section.heading !== null && (section.items.length > 0 || section.groups.length > 0)) {
    if (section.items.length > 0) lines.push('');
    else lines.unshift('');
  }
  for (const group of section.groups) {
    lines.push(`${group.icon === null ? '' : `${group.icon} `}${group.title}:`);
    lines.push(...group.items.flatMap((each) => itemLines(each, '  ')), '');
  }
  return lines;
}

function itemLines(each: Item, indent: string): string[] {
  return [`${indent}• ${each.text}`, ...each.children.map((child) => `${indent}  - ${child}`)];
}
