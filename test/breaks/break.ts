/**
 * One way to break the code, kept as a patch. The lines before its first `diff` line say what it breaks:
 *
 *     Rule: what must hold, and does not after the patch
 *     File: the test file that has to notice
 *     Test: the full name of the test in it, or its beginning
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Break {
  /** The patch file's name without its end. */
  readonly name: string;
  readonly path: string;
  readonly rule: string;
  readonly file: string;
  readonly test: string;
}

/** @throws Error where a patch does not say what it breaks. */
export function readBreaks(directory: string): Break[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith('.patch'))
    .toSorted()
    .map((entry) => {
      const path = join(directory, entry);
      const [head = ''] = readFileSync(path, 'utf8').split(/^--- /m, 1);
      const field = (name: string): string => {
        const value = new RegExp(`^${name}: (.+)$`, 'm').exec(head)?.[1];
        if (value === undefined) throw new Error(`${path}: say "${name}: …" before the diff; see break.ts`);
        return value.trim();
      };
      return {
        name: entry.slice(0, -'.patch'.length),
        path,
        rule: field('Rule'),
        file: field('File'),
        test: field('Test'),
      };
    });
}
