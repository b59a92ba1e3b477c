import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { CLI_DOCUMENT, cliDocument } from './cli-document.ts';

test('docs/cli.md is what the commands print (npm run docs:cli writes it anew)', { timeout: 120_000 }, async () => {
  expect(await cliDocument()).toBe(await readFile(CLI_DOCUMENT, 'utf8'));
});
