/** Puts the stack's programs into the cache, and says what it did and what it left out. */
import { goVersion } from './go.ts';
import { buildPart, isBuilt, parts, programPath, type Part, type Program } from './parts.ts';

/** Names of parts: `skipped` are those that would have to be built where Go is missing. */
export interface InstallOutcome {
  readonly cached: readonly string[];
  readonly built: readonly string[];
  readonly skipped: readonly string[];
}

/** Builds what the cache lacks. @throws Error when a build fails */
export function installParts(wanted: readonly Part[], cache: string, say: (line: string) => void): InstallOutcome {
  const cached = wanted.filter((part) => isBuilt(part, cache));
  for (const part of cached) say(`${part.name} ${part.version}: cached`);
  const missing = wanted.filter((part) => !cached.includes(part));
  const go = missing.length === 0 ? null : goVersion();
  const names = (list: readonly Part[]): string[] => list.map((part) => part.name);
  if (missing.length > 0 && go === null) {
    for (const part of missing)
      say(`${part.name} ${part.version}: skipped, there is no Go command on this machine to build it with`);
    return { cached: names(cached), built: [], skipped: names(missing) };
  }
  for (const part of missing) {
    const start = performance.now();
    buildPart(part, cache);
    say(
      `${part.name} ${part.version}: built with Go ${go} in ${((performance.now() - start) / 60_000).toFixed(1)} minutes`,
    );
  }
  return { cached: names(cached), built: names(missing), skipped: [] };
}

/** The path of a program that is in the cache. @throws Error that says how to get it */
export function installedProgram(program: Program, cache: string): string {
  const part = parts.find((candidate) => candidate.programs.includes(program));
  if (part === undefined || !isBuilt(part, cache)) {
    throw new Error(`${program} is not in ${cache}: run "node scripts/install-stack.ts" first (needs Go)`);
  }
  return programPath(part, program, cache);
}
