import type { Api } from 'grammy/web';

type ApiSignal = NonNullable<Parameters<Api['getMe']>[0]>;

/** grammY's types name the AbortSignal of a package for old Nodes; the platform's own does the same. */
export const apiSignal = (signal: AbortSignal): ApiSignal => signal as unknown as ApiSignal;
