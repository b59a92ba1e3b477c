/** The project's own prices, see entry.ts. */
import { ANTHROPIC } from './anthropic.ts';
import { CORRECTIONS } from './corrections.ts';
import type { SupplementEntry } from './entry.ts';
import { GOOGLE } from './google.ts';
import { OPENAI } from './openai.ts';
import { RETRIEVAL } from './retrieval.ts';
import { SPEECH } from './speech.ts';

export const SUPPLEMENT: readonly SupplementEntry[] = [
  ...OPENAI,
  ...ANTHROPIC,
  ...GOOGLE,
  ...SPEECH,
  ...RETRIEVAL,
  ...CORRECTIONS,
];
