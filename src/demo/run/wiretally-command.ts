/** The file behind the command `wiretally`, found as npm would: by the package's manifest. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export function wiretallyCommand(): string {
  const manifestUrl = import.meta.resolve('wiretally/package.json');
  const manifest = JSON.parse(readFileSync(fileURLToPath(manifestUrl), 'utf8')) as { bin: { wiretally: string } };
  return fileURLToPath(new URL(manifest.bin.wiretally, manifestUrl));
}
