import type { Provider } from './provider.ts';

/** All providers, one line each. */
export const providers: readonly Provider[] = [];
