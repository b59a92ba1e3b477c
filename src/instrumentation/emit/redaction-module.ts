/** The redaction of a service that is started with `register`: a module of its own, named by a variable. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ContentOptions, ContentRedaction } from './content-settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const VARIABLE = 'WIRETALLY_CONTENT_REDACTION';

/**
 * The default export of the module that `WIRETALLY_CONTENT_REDACTION` names: a file, from the working directory, or a
 * package that can be found from there.
 *
 * @param complain gets one sentence where there is no such function: then no content is captured, since nobody would
 * take out what has to be.
 */
export async function redactionFrom(
  environment: Environment,
  complain: (problem: string) => void,
): Promise<Pick<ContentOptions, 'captureMessageContent' | 'redactContent'>> {
  const name = environment[VARIABLE]?.trim() ?? '';
  if (name === '') return {};
  try {
    const path = createRequire(join(process.cwd(), 'any')).resolve(name);
    const loaded = (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
    // A module of CommonJS that TypeScript compiled has its default within.
    const found = (loaded.default as { default?: unknown } | undefined)?.default ?? loaded.default;
    if (typeof found !== 'function') throw new TypeError('its default export is no function');
    return { redactContent: found as ContentRedaction };
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
    complain(`${VARIABLE}=${name} was not loaded (${why}): no message content is captured`);
    return { captureMessageContent: 'NO_CONTENT' };
  }
}
