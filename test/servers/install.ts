/** Servers that are not of this repository: other major versions of PostgreSQL, and PgBouncer. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { repositoryRoot } from '../../scripts/stack/cache.ts';
import { findNative } from '../../src/ledger/embedded/binaries.ts';

const SOURCE = join(repositoryRoot, 'test/servers/versions');
const TARGET = join(repositoryRoot, '.cache/servers');
const DONE = 'installed.json';

export interface Version {
  readonly major: number;
  /** The folder with its programs and libraries. */
  readonly native: string;
}

/**
 * From the lock file of `versions/`, once; the newest is the embedded one.
 * @throws Error where npm fails
 */
export function installVersions(): Version[] {
  const lock = readFileSync(join(SOURCE, 'package-lock.json'), 'utf8');
  const done = join(TARGET, DONE);
  if (!existsSync(done) || readFileSync(done, 'utf8') !== lock) {
    mkdirSync(TARGET, { recursive: true });
    for (const file of ['package.json', 'package-lock.json']) cpSync(join(SOURCE, file), join(TARGET, file));
    const { status, stderr } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: TARGET,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`npm ci in ${TARGET} failed:\n${stderr}`);
    writeFileSync(done, lock);
  }
  const { dependencies } = JSON.parse(readFileSync(join(SOURCE, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const older = Object.keys(dependencies).map((name) => ({
    major: Number(name.replace('postgresql-', '')),
    native: join(TARGET, 'node_modules', name, 'native'),
  }));
  return [...older, { major: 18, native: findNative() }];
}

export interface PgBouncerProgram {
  readonly command: string;
  /** Where its libraries are when they are not the machine's. */
  readonly libraries: string | null;
}

const DEBIAN_PACKAGES = ['pgbouncer', 'libevent-2.1-7', 'libc-ares2'];

/** The machine's, else what Debian has, unpacked and not installed. @returns null where neither can be had */
export function installPgBouncer(): PgBouncerProgram | null {
  for (const folder of [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']) {
    const command = join(folder, 'pgbouncer');
    if (folder !== '' && existsSync(command)) return { command, libraries: null };
  }
  const folder = join(TARGET, 'pgbouncer');
  const found = { command: join(folder, 'usr/sbin/pgbouncer'), libraries: join(folder, 'usr/lib/x86_64-linux-gnu') };
  if (!existsSync(found.command)) unpackDebianPackages(folder);
  return runs(found) ? found : null;
}

function unpackDebianPackages(folder: string): void {
  const downloads = `${folder}-packages`;
  mkdirSync(downloads, { recursive: true });
  const quietly = { cwd: downloads, stdio: 'ignore', timeout: 120_000 } as const;
  for (const name of DEBIAN_PACKAGES) spawnSync('apt-get', ['download', name], quietly);
  for (const name of readdirSync(downloads)) spawnSync('dpkg-deb', ['--extract', name, folder], quietly);
  rmSync(downloads, { recursive: true });
}

function runs({ command, libraries }: PgBouncerProgram): boolean {
  return spawnSync(command, ['--version'], { env: libraryPath(libraries), timeout: 10_000 }).status === 0;
}

export function libraryPath(libraries: string | null): NodeJS.ProcessEnv {
  return libraries === null ? {} : { LD_LIBRARY_PATH: libraries };
}
