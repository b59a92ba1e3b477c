/** One wording a plural category; `other` is what a language without the category says. */
export type Forms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }>;

const RULES = new Map<string, Intl.PluralRules>();

/** `#` stands for the number. */
export function plural(locale: string, count: number, forms: Forms, number: string = String(count)): string {
  let rules = RULES.get(locale);
  if (rules === undefined) {
    rules = new Intl.PluralRules(locale);
    RULES.set(locale, rules);
  }
  return (forms[rules.select(count)] ?? forms.other).replace('#', number);
}
