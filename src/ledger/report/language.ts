/** The languages that every report speaks. */
export const LANGUAGES = ['en', 'fa', 'ar'] as const;
export type Language = (typeof LANGUAGES)[number];

export function isLanguage(value: unknown): value is Language {
  return (LANGUAGES as readonly unknown[]).includes(value);
}

export function isRightToLeft(language: Language): boolean {
  return language !== 'en';
}

const NATIVE_DIGITS: Record<Language, string> = { en: '0123456789', fa: '۰۱۲۳۴۵۶۷۸۹', ar: '٠١٢٣٤٥٦٧٨٩' };

/** Western digits as the readers of a language write them; separators stay. */
export function nativeDigits(text: string, language: Language): string {
  return language === 'en' ? text : text.replace(/\d/g, (digit) => NATIVE_DIGITS[language].charAt(Number(digit)));
}
