/**
 * Builds the real Collector, Prometheus, promtool and Alertmanager, and a reader of Compose files, into an ignored cache folder.
 * `node scripts/install-stack.ts [collector] [prometheus] [alertmanager] [compose-spec]`; without a name, all. What is built already is left alone.
 * Exit code 0 when everything asked for is there, 1 when a build failed, 2 when Go is missing.
 */
import { stackCache } from './stack/cache.ts';
import { installParts } from './stack/install.ts';
import { parts } from './stack/parts.ts';

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !parts.some((part) => part.name === name));
if (unknown.length > 0) {
  console.error(`No such part: ${unknown.join(', ')}. Parts: ${parts.map((part) => part.name).join(', ')}.`);
  process.exit(1);
}
const chosen = asked.length === 0 ? parts : parts.filter((part) => asked.includes(part.name));
const outcome = installParts(chosen, stackCache(), (line) => console.log(line));
if (outcome.skipped.length > 0) process.exit(2);
