/** A report in words, before it is text, Markdown or HTML. */

export interface Item {
  readonly text: string;
  readonly children: readonly string[];
}

export interface Group {
  /** Stands before the title in text; Markdown and HTML keep it too, since it carries the status. */
  readonly icon: string | null;
  readonly title: string;
  readonly items: readonly Item[];
}

export interface Section {
  readonly icon: string | null;
  readonly heading: string | null;
  readonly items: readonly Item[];
  readonly groups: readonly Group[];
}

export interface ReportDocument {
  readonly rightToLeft: boolean;
  readonly language: string;
  readonly title: string;
  readonly time: string;
  readonly sections: readonly Section[];
}

export const item = (text: string, children: readonly string[] = []): Item => ({ text, children });
