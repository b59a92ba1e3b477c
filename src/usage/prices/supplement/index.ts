/** The project's own prices, see entry.ts. */
import type { SupplementEntry } from './entry.ts';

export const SUPPLEMENT: readonly SupplementEntry[] = [];
