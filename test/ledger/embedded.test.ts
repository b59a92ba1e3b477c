/** The supervisor of the embedded PostgreSQL: what a machine can look like, and what people do to it. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, lstat, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findNative, prepareBinaries } from '../../src/ledger/embedded/binaries.ts';
import { chooseIdentity } from '../../src/ledger/embedded/identity.ts';
import { findPostmaster } from '../../src/ledger/embedded/postmaster-file.ts';
import { startEmbedded } from '../../src/ledger/embedded/supervisor.ts';
import type { EmbeddedOptions, EmbeddedServer } from '../../src/ledger/embedded/supervisor.ts';
import { openLedger } from '../../src/ledger/ledger.ts';
import { silentLogger } from '../../src/ledger/logger.ts';
import { QUICK_SETTINGS, temporaryFolder } from './harness.ts';

const isRoot = process.getuid?.() === 0;

let dataDir: string;
let remove: () => Promise<void>;
const servers: EmbeddedServer[] = [];
const saved = { ...process.env };
beforeEach(async () => {
  ({ dataDir, remove } = await temporaryFolder());
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  for (const name of ['TMPDIR', 'TZ', 'LC_ALL', 'PGPORT']) {
    if (saved[name] === undefined) delete process.env[name];
    else process.env[name] = saved[name];
  }
  await remove();
});

const start = async (options: Partial<EmbeddedOptions> = {}): Promise<EmbeddedServer> => {
  const server = await startEmbedded({ dataDir, logger: silentLogger, settings: QUICK_SETTINGS, ...options });
  servers.push(server);
  return server;
};
const ask = async (server: EmbeddedServer, sql: string): Promise<unknown> => {
  const client = new Client({ ...server.connection(), database: 'postgres' });
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(sql);
  await client.end();
  return rows[0];
};
const cluster = (): string => join(dataDir, '18');

describe('the embedded PostgreSQL', () => {
  it('does not care for the time zone, locale and PG variables of the machine', async () => {
    Object.assign(process.env, { TZ: 'Asia/Tehran', LC_ALL: 'tr_TR.UTF-8', PGPORT: '1' });
    const answer = await ask(
      await start(),
      `select current_setting('timezone') as zone, current_setting('lc_messages') as messages,
       datcollate, pg_encoding_to_char(encoding) as encoding, lower('I') as lower
       from pg_database where datname = 'postgres'`,
    );
    expect(answer).toEqual({ zone: 'UTC', messages: 'C', datcollate: 'C', encoding: 'UTF8', lower: 'i' });
  });

  it('is made once when several processes start at once on a new folder', async () => {
    const together = await Promise.all([start(), start(), start()]);
    const pids = await Promise.all(
      together.map((server) => ask(server, 'select pg_backend_pid() > 0 as alive, pg_postmaster_start_time()')),
    );
    expect(pids[1]).toEqual(pids[0]);
    expect(pids[2]).toEqual(pids[0]);
    expect((await readdir(dataDir)).filter((name) => name.startsWith('partial'))).toEqual([]);
  });

  it('starts although its lock file names a living process that is another program', async () => {
    await (await start()).close();
    await writeFile(join(cluster(), 'postmaster.pid'), `${process.pid}\n${cluster()}\n1\n5432\n${dataDir}\n\n`);
    expect(await ask(await start(), 'select 1 as one')).toEqual({ one: 1 });
  });

  it('starts although its lock file names a process that is gone', async () => {
    await (await start()).close();
    await writeFile(join(cluster(), 'postmaster.pid'), `4194303\n${cluster()}\n1\n5432\n${dataDir}\n\n`);
    expect(await ask(await start(), 'select 1 as one')).toEqual({ one: 1 });
  });

  it('removes what a killed first start left', async () => {
    await mkdir(join(dataDir, 'partial-4194303-abc', 'cluster'), { recursive: true });
    await start();
    expect(await readdir(dataDir)).not.toContain('partial-4194303-abc');
  });

  it('puts its socket into a short folder when the path of the data is longer than sockets may be', async () => {
    dataDir = join(dataDir, 'a-folder-with-a-long-name'.repeat(4), 'postgres');
    const server = await start();
    expect(server.connection().host).not.toContain('a-folder-with-a-long-name');
    expect(await ask(server, 'select 1 as one')).toEqual({ one: 1 });
    const second = await start();
    expect(second.connection()).toEqual(server.connection());
  });

  it('listens on a remembered loopback port with a password when there is no place for a socket', async () => {
    dataDir = join(dataDir, 'a-folder-with-a-long-name'.repeat(4), 'postgres');
    process.env['TMPDIR'] = dirname(dataDir);
    await mkdir(dirname(dataDir), { recursive: true });
    const server = await start();
    const { host, port, password } = server.connection();
    expect(host).toBe('127.0.0.1');
    expect(await ask(server, 'select 1 as one')).toEqual({ one: 1 });
    expect(Number(await readFile(join(dataDir, 'port'), 'utf8'))).toBe(port);
    const stranger = new Client({
      host,
      port,
      user: 'wiretally',
      database: 'postgres',
      password: `${String(password)}x`,
    });
    await expect(stranger.connect()).rejects.toThrow(/password/);
    await server.close();
    const again = await start();
    expect(again.connection().port).toBe(port);
    await again.close();
    // Somebody takes the port: another one is found.
    const holder = createServer().listen(port, '127.0.0.1');
    await once(holder, 'listening');
    const elsewhere = await start();
    expect(elsewhere.connection().port).not.toBe(port);
    expect(await ask(elsewhere, 'select 1 as one')).toEqual({ one: 1 });
    holder.close();
  });

  it.skipIf(process.platform === 'win32')(
    'stops what is left of a server that cannot end, and starts another',
    async () => {
      const server = await start({ silentPatienceMs: 300 });
      const client = new Client({ ...server.connection(), database: 'postgres' });
      client.on('error', () => undefined);
      await client.connect();
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      const { pid } = (await findPostmaster(cluster()))!;
      // It waits for this one, and who told it to end is no longer there to insist.
      process.kill(rows[0]!.pid, 'SIGSTOP');
      process.kill(pid, 'SIGINT');
      const another = await start({ silentPatienceMs: 300 });
      expect(await ask(another, 'select 1 as one')).toEqual({ one: 1 });
      expect((await findPostmaster(cluster()))!.pid).not.toBe(pid);
    },
  );

  it('says what to do when a stopped server holds the folder', async () => {
    await start();
    const { pid } = (await findPostmaster(cluster()))!;
    process.kill(pid, 'SIGSTOP');
    try {
      await expect(start({ silentPatienceMs: 300 })).rejects.toMatchObject({
        code: 'server-silent',
        message: expect.stringContaining(`kill -INT ${pid}`) as unknown,
      });
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  });
});

describe('a data folder that cannot be used', () => {
  const refusal = async (folder: string): Promise<{ code?: string; message?: string }> => {
    try {
      await start({ dataDir: folder });
    } catch (error) {
      return error as { code?: string; message?: string };
    }
    return {};
  };

  it('because a file is in its place, or above it', async () => {
    const file = join(dirname(dataDir), 'file');
    await writeFile(file, 'x');
    for (const folder of [file, join(file, 'postgres')]) {
      const error = await refusal(folder);
      expect(error.code).toBe('data-folder');
      expect(error.message).toContain(folder);
      expect(error.message).toContain('WIRETALLY_DATA');
    }
  });

  it('because another major version wrote it', async () => {
    await mkdir(join(dataDir, '17'), { recursive: true });
    await writeFile(join(dataDir, '17', 'PG_VERSION'), '17\n');
    const error = await refusal(dataDir);
    expect(error).toMatchObject({ code: 'data-version', message: expect.stringContaining('PostgreSQL 17') as unknown });
  });

  it.skipIf(isRoot)('because we may not write there', async () => {
    await mkdir(dataDir);
    await chmod(dataDir, 0o500);
    expect((await refusal(join(dataDir, 'postgres'))).code).toBe('data-folder');
    await chmod(dataDir, 0o700);
  });

  it.runIf(isRoot && process.platform === 'linux')('because its disk is full', async ({ skip }) => {
    await mkdir(dataDir);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'none', dataDir], { stdio: 'ignore' });
    } catch {
      skip('this machine lets nobody mount');
    }
    try {
      const error = await refusal(join(dataDir, 'postgres'));
      expect(error).toMatchObject({ code: 'disk-full', message: expect.stringContaining('No space left') as unknown });
    } finally {
      execFileSync('umount', [dataDir]);
    }
  });

  it('is told by openLedger as it is', async () => {
    const file = join(dirname(dataDir), 'file');
    await writeFile(file, 'x');
    await expect(openLedger({ dataDir: file })).rejects.toMatchObject({ code: 'data-folder' });
    await expect(openLedger({ dataDir, timeZone: 'Mars/Olympus' })).rejects.toMatchObject({ code: 'time-zone' });
    await expect(openLedger({ databaseUrl: 'postgresql://127.0.0.1:1/x' })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('DATABASE_URL') as unknown,
    });
  });
});

describe('its programs', () => {
  it('run when the install script that makes library links was skipped', async () => {
    const native = join(dirname(dataDir), 'package', 'native');
    // Links are left out, as npm packs them.
    await cp(findNative(), native, {
      recursive: true,
      filter: async (path) => !(await lstat(path)).isSymbolicLink(),
    });
    await writeFile(join(native, '..', 'package.json'), '{}');
    await prepareBinaries(await chooseIdentity('/'), silentLogger, native);
    const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as { target: string }[];
    for (const { target } of links) expect((await lstat(join(native, '..', target))).isSymbolicLink()).toBe(true);
  });
});

describe.runIf(isRoot && process.platform === 'linux')('started by root in a folder that is closed to others', () => {
  let closed: string;
  beforeEach(async () => {
    // mkdtemp makes it 0700, as /root is.
    closed = await mkdtemp(join(tmpdir(), 'wiretally-test-'));
  });
  afterEach(() => rm(closed, { recursive: true, force: true }));

  it('copies the programs to where the server can run them', async () => {
    const native = join(closed, 'package', 'native');
    await cp(findNative(), native, { recursive: true, verbatimSymlinks: true });
    await writeFile(join(native, '..', 'package.json'), '{}');
    const binaries = await prepareBinaries(await chooseIdentity('/'), silentLogger, native);
    expect(binaries.postgres).not.toContain(closed);
    const again = await prepareBinaries(await chooseIdentity('/'), silentLogger, native);
    expect(again).toEqual(binaries);
    await rm(join(dirname(binaries.postgres), '..', '..'), { recursive: true });
  });

  it('keeps the data elsewhere, behind a link, and finds them again', async () => {
    const link = join(closed, 'postgres');
    const server = await start({ dataDir: link });
    const elsewhere = await realpath(link);
    expect(elsewhere).toMatch(/^\/var\/lib\/wiretally\//);
    await server.close();
    expect((await start({ dataDir: link })).dataDir).toBe(elsewhere);
    await servers.pop()!.close();
    await rm(elsewhere, { recursive: true });
  });
});
