import { createRequire } from 'node:module';

/** This package's version, as published. */
export const VERSION: string = readVersion();

function readVersion(): string {
  // The sources lie one folder below package.json, what is built two.
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const manifest: unknown = createRequire(import.meta.url)(path);
      if (isManifest(manifest)) return manifest.version;
    } catch {
      // The other layout, or bundled without package.json (and, as CommonJS, without import.meta.url).
    }
  }
  return '0.0.0';
}

function isManifest(value: unknown): value is { name: string; version: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    (value as { name?: unknown }).name === '@wiretally/instrumentation' &&
    typeof (value as { version?: unknown }).version === 'string'
  );
}
