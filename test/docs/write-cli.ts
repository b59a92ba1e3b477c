/** npm run docs:cli: writes docs/cli.md from what the commands print. */
import { writeFile } from 'node:fs/promises';
import { CLI_DOCUMENT, cliDocument } from './cli-document.ts';

await writeFile(CLI_DOCUMENT, await cliDocument());
console.log('docs/cli.md is what the commands print.');
