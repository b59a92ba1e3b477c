/** The project's own prices, see entry.ts. */
import { ANTHROPIC } from './anthropic.ts';
import { BEDROCK } from './bedrock.ts';
import { CORRECTIONS } from './corrections.ts';
import type { SupplementEntry } from './entry.ts';
import { GOOGLE } from './google.ts';
import { OPENAI } from './openai.ts';
import { RETRIEVAL } from './retrieval.ts';
import { SAMBANOVA } from './sambanova.ts';
import { SPEECH } from './speech.ts';
import { ZAI } from './zai.ts';

export const SUPPLEMENT: readonly SupplementEntry[] = [
  ...OPENAI,
  ...ANTHROPIC,
  ...GOOGLE,
  ...SPEECH,
  ...RETRIEVAL,
  ...BEDROCK,
  ...SAMBANOVA,
  ...ZAI,
  ...CORRECTIONS,
];
