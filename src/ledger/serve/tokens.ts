/**
 * The bearer tokens of a ledger: `WIRETALLY_TOKEN` is an admin's; `WIRETALLY_TOKENS` (`reader:abc…,writer:def…`) and the
 * lines of `WIRETALLY_TOKENS_FILE` name the role of each.
 */
import { readFileSync } from 'node:fs';
import { ConfigurationError } from './configuration-error.ts';
import { ROLES } from './roles.ts';
import type { AccessToken, Role } from './roles.ts';

/** Below this a token can be guessed whatever the rate. */
const MIN_LENGTH = 16;

/** @throws ConfigurationError with the setting and the place in it, and without the token. */
export function readTokens(variable: (name: string) => string | undefined): AccessToken[] {
  const admin = variable('WIRETALLY_TOKEN');
  const listed = variable('WIRETALLY_TOKENS');
  const file = variable('WIRETALLY_TOKENS_FILE');
  return [
    ...(admin === undefined ? [] : [{ role: 'admin' as const, token: admin }]),
    ...(listed === undefined ? [] : parse('WIRETALLY_TOKENS', listed.split(','))),
    ...(file === undefined ? [] : parse(`WIRETALLY_TOKENS_FILE (${file})`, readLines(file))),
  ];
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split(/\r?\n/)
      .map((line) => (line.startsWith('#') ? '' : line));
  } catch (error) {
    throw new ConfigurationError(`WIRETALLY_TOKENS_FILE names ${file}, which cannot be read. Check path and rights.`, {
      cause: error,
    });
  }
}

function parse(where: string, entries: readonly string[]): AccessToken[] {
  return entries.flatMap((entry, index) => {
    const text = entry.trim();
    if (text === '') return [];
    const colon = text.indexOf(':');
    const role = text.slice(0, Math.max(colon, 0));
    const token = text.slice(colon + 1);
    if (isRole(role) && token.length >= MIN_LENGTH && !/\s/.test(token)) return [{ role, token }];
    throw new ConfigurationError(
      `${where}: entry ${index + 1} must be ROLE:TOKEN with one of the roles ${ROLES.join(', ')} and a token of at ` +
        `least ${MIN_LENGTH} characters without spaces or commas, such as reader:$(openssl rand -hex 32).`,
    );
  });
}

const isRole = (text: string): text is Role => ROLES.some((role) => role === text);
