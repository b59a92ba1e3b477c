import { createHash } from 'node:crypto';
import type { ExchangeRequest } from '@wiretally/usage';

/** Where providers take their keys. A query parameter (`key=`, Gemini) counts too. */
const KEY_HEADERS = ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key'] as const;

/**
 * A short hash by which one API key can be told from another. Only made with a salt of the operator's: without one, a
 * hash of a key that somebody has could be recognised.
 *
 * @returns 12 hex digits (48 bits), or null where no salt was configured or no key was sent.
 */
export function credentialOf(request: ExchangeRequest, salt: string | undefined): string | null {
  if (salt === undefined || salt === '') return null;
  const key = KEY_HEADERS.map((name) => request.headers[name]).find((value) => value !== undefined && value !== '');
  const secret = key?.replace(/^Bearer\s+/i, '') ?? URL.parse(request.url)?.searchParams.get('key') ?? null;
  if (secret === null || secret === '') return null;
  return createHash('sha256').update(salt).update('\0').update(secret).digest('hex').slice(0, 12);
}
