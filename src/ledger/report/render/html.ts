/** A report as one HTML file that needs nothing else. */
import type { Item, ReportDocument } from '../document.ts';

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.6 system-ui, sans-serif }
body { max-width: 52rem; margin: 2rem auto; padding: 0 1rem }
h2 { margin-top: 2rem; border-bottom: 1px solid color-mix(in srgb, currentColor 25%, transparent) }
h3 { margin-bottom: 0.25rem }
ul { margin-top: 0.25rem }
`;

export function renderHtml(document: ReportDocument): string {
  const list = (items: readonly Item[]): string =>
    items.length === 0
      ? ''
      : `<ul>${items.map((each) => `<li>${escapeHtml(each.text)}${list(each.children.map((text) => ({ text, children: [] })))}</li>`).join('')}</ul>`;
  const head = (level: 2 | 3, icon: string | null, text: string): string =>
    `<h${level}>${icon === null ? '' : `${icon} `}${escapeHtml(text)}</h${level}>`;
  const sections = document.sections.map(
    (section) =>
      `<section>${section.heading === null ? '' : head(2, section.icon, section.heading)}${list(section.items)}` +
      `${section.groups.map((group) => `<article>${head(3, group.icon, group.title)}${list(group.items)}</article>`).join('')}</section>`,
  );
  return `<!doctype html>
<html lang="${document.language}" dir="${document.rightToLeft ? 'rtl' : 'ltr'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(document.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>💎 ${escapeHtml(document.title)}</h1>
<p>🕐 ${escapeHtml(document.time)}</p>
${sections.join('\n')}
</body>
</html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
