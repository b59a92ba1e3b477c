/** Where built programs of the stack are kept: an ignored folder, so that a second run builds nothing. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder, without a slash at its end. */
export const repositoryRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** `WIRETALLY_STACK_CACHE`, or `.cache/stack` of the repository. */
export function stackCache(env: NodeJS.ProcessEnv = process.env): string {
  return path.resolve(env.WIRETALLY_STACK_CACHE ?? path.join(repositoryRoot, '.cache/stack'));
}
