import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isAlive } from './is-alive.ts';
import { findPostmaster } from './postmaster-file.ts';

vi.mock('./is-alive.ts', () => ({ isAlive: vi.fn() }));

let cluster: string;
let path: string;
const fileOf = (pid: number): string => `${pid}\n/data\n1\n5432\n/socket\n`;
beforeEach(() => {
  cluster = mkdtempSync(join(tmpdir(), 'wiretally-postmaster-'));
  path = join(cluster, 'postmaster.pid');
  writeFileSync(path, fileOf(4711));
});
afterEach(() => rmSync(cluster, { recursive: true }));

describe('the file of a server that is dead', () => {
  it('is removed', async () => {
    vi.mocked(isAlive).mockReturnValue(false);
    expect(await findPostmaster(cluster)).toBeNull();
    expect(() => readFileSync(path)).toThrow('ENOENT');
  });

  it('stays when another process started a server meanwhile', async () => {
    vi.mocked(isAlive).mockImplementation(() => {
      writeFileSync(path, fileOf(4712));
      return false;
    });
    expect(await findPostmaster(cluster)).toBeNull();
    expect(readFileSync(path, 'utf8')).toBe(fileOf(4712));
  });
});
