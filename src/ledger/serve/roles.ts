/**
 * Three roles. A writer sends (what a service needs, which should not learn what others spend), a reader asks, an admin
 * may do both and erase. What no rule names is the admin's, so that a new route is closed until somebody opens it.
 */
export const ROLES = ['admin', 'writer', 'reader'] as const;
export type Role = (typeof ROLES)[number];

export interface AccessToken {
  readonly role: Role;
  readonly token: string;
}

const ALL: readonly Role[] = ROLES;
const WRITERS: readonly Role[] = ['admin', 'writer'];
const READERS: readonly Role[] = ['admin', 'reader'];
const ADMINS: readonly Role[] = ['admin'];

/** The first that fits holds. */
const RULES: readonly (readonly [method: string, path: RegExp, roles: readonly Role[]])[] = [
  ['POST', /^\/v1\/(?:logs|metrics|traces)$/, WRITERS],
  ['POST', /^\/api\/usage\/(?:start-session|record-usage|end-session\/[^/]+)$/, WRITERS],
  // A session is known to who started it; prices are public.
  ['GET', /^\/api\/usage\/(?:session-stats|session-summary|services-breakdown)\/[^/]+$/, ALL],
  ['POST', /^\/api\/usage\/estimate-cost$/, ALL],
  ['GET', /^\/api\/usage\/pricing(?:\/.+)?$/, ALL],
  // What they say is of the machine, and an audit reads every call.
  ['GET', /^\/api\/admin\/(?:doctor|audit)$/, ADMINS],
  ['GET', /^\/api\//, READERS],
];

/** @param path as the router sees it. */
export function rolesFor(method: string, path: string): readonly Role[] {
  // The router answers HEAD as GET.
  const asked = method === 'HEAD' ? 'GET' : method;
  return RULES.find(([of, pattern]) => of === asked && pattern.test(path))?.[2] ?? ADMINS;
}
