/** In which language a user is answered: the one that they chose, else the one of their Telegram. */
import type { Ledger } from '../ledger.ts';
import { isLanguage } from '../report/language.ts';
import type { Language } from '../report/language.ts';

export interface Languages {
  /** @param code Telegram's `language_code` (`fa`, `en-GB`), which not every client tells */
  of(userId: number, code: string | undefined): Promise<Language>;
  /** @param language null: no choice any more */
  choose(userId: number, language: Language | null): Promise<void>;
}

/** Choices are kept in the ledger's settings, so that a restart keeps them. */
export function createLanguages(pool: Ledger['pool'], everybody: Language | null): Languages {
  const name = (userId: number): string => `chat_language.${userId}`;
  return {
    async of(userId, code) {
      const { rows } = await pool
        .query<{ value: string }>('SELECT value FROM wiretally_private.settings WHERE name = $1', [name(userId)])
        // The language must be there also to say that the database is not.
        .catch(() => ({ rows: [] }));
      const chosen = rows[0]?.value;
      if (isLanguage(chosen)) return chosen;
      return everybody ?? languageOfCode(code);
    },
    async choose(userId, language) {
      if (language === null) {
        await pool.query('DELETE FROM wiretally_private.settings WHERE name = $1', [name(userId)]);
        return;
      }
      await pool.query(
        `INSERT INTO wiretally_private.settings (name, value) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
        [name(userId), language],
      );
    },
  };
}

export function languageOfCode(code: string | undefined): Language {
  const [language] = (code ?? '').toLowerCase().split('-');
  return isLanguage(language) ? language : 'en';
}
