/** What the chat says beside the reports, so that a language which lacks a wording does not compile. */
export interface ChatWords {
  /** Each command for the bot's menu and the help. */
  readonly commands: {
    readonly tokenUsage: string;
    readonly report: string;
    readonly session: string;
    readonly language: string;
    readonly help: string;
  };
  readonly helpTitle: string;
  /** In place of an argument in the help. */
  readonly days: string;
  readonly sessionId: string;
  readonly wrongDays: (given: string) => string;
  readonly noSuchSession: (id: string) => string;
  readonly sessionMissing: string;
  readonly wrongLanguage: string;
  /** Null: as Telegram says. */
  readonly languageSet: (language: string | null) => string;
  readonly strangers: (id: string) => string;
  readonly privateOnly: string;
  readonly failed: string;
  readonly usd: string;
  readonly session: {
    readonly title: (id: string) => string;
    readonly active: string;
    readonly ended: string;
    readonly start: string;
    readonly lastUpdate: string;
    readonly latest: string;
  };
}
