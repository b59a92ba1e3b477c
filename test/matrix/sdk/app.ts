/** The process of one SDK: each step in turn, logged as the application sees it. Nothing in it knows of Wiretally. */
import { createRequire } from 'node:module';
import { writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { described } from '../app/described.ts';
import { scriptNamed } from './scripts/index.ts';
import { STEPS } from './steps.ts';

export interface SdkAssignment {
  readonly sdk: string;
  readonly packages: string;
  readonly simulator: string;
  readonly others: string;
  readonly othersH2: string;
}

const { sdk, packages, ...places } = JSON.parse(process.env['MATRIX_SDK'] ?? '') as SdkAssignment;
const require = createRequire(packages);
const log = (line: string): void => void writeSync(3, `${line}\n`);

const steps = await scriptNamed(sdk)({
  ...places,
  load: (name) => import(pathToFileURL(require.resolve(name)).href),
});
for (const step of STEPS) {
  try {
    const done = steps[step]?.();
    if (done !== undefined) log(`${step}: ${shown(await done)}`);
  } catch (error) {
    log(steady(`${step} failed: ${described(error)}`));
  }
}
process.exit();

/** Ids and times are new in each answer. */
function shown(value: unknown): string {
  return steady(JSON.stringify(value) ?? 'undefined');
}

function steady(text: string): string {
  return text
    .replaceAll(/"(id|created|created_at|createdAt|responseId|x_request_id|date)":("[^"]*"|\d+)/g, '"$1":"…"')
    .replaceAll(/(chatcmpl-|msg_|req_|gen-)[\w-]+/g, '$1…');
}
