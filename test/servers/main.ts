/**
 * npm run servers [-- --only MAJOR]
 *
 * `DATABASE_URL` on real servers: PostgreSQL 14 to 18, each over TLS with its name checked and as a role without rights;
 * restarts and a failover in flight; PgBouncer in transaction mode. Installs what it needs into .cache/servers.
 */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepareBinaries } from '../../src/ledger/embedded/binaries.ts';
import type { Binaries } from '../../src/ledger/embedded/binaries.ts';
import { chooseIdentity } from '../../src/ledger/embedded/identity.ts';
import { silentLogger } from '../../src/ledger/logger.ts';
import { createAuthority } from '../conformance/authority.ts';
import { lastingPorts } from '../faults/lasting-ports.ts';
import { startChecks } from '../stack/checks.ts';
import { behindPooler, failover, overTls, restartInFlight } from './checks.ts';
import { installPgBouncer, installVersions } from './install.ts';
import { startPgBouncer } from './pg-bouncer.ts';
import { newServer, standbyOf } from './postgres-server.ts';
import type { PostgresServer, PostgresServerOptions } from './postgres-server.ts';

const { values: flags } = parseArgs({ options: { only: { type: 'string' } } });
const say = (line: string): void => console.log(line);
const checks = startChecks(say);
const folder = mkdtempSync(join(tmpdir(), 'wiretally-servers-'));
// PostgreSQL may run as another user, and has to reach its folder in this one.
chmodSync(folder, 0o711);
const identity = await chooseIdentity('/');
const running: { stop(): Promise<void> }[] = [];

try {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    checks.skip('other servers', 'their packages are for Linux on x64');
  } else await everything();
} finally {
  for (const each of running.toReversed()) await each.stop();
  rmSync(folder, { recursive: true, force: true });
}
// Not left to Node: once in two runs it waited at its end, without a pause, for a request of a connection that was cut.
process.exit(checks.close() ? 0 : 1);

async function everything(): Promise<void> {
  const authority = await createAuthority(['localhost']);
  const certificates = { ca: join(folder, 'ca.pem'), otherCa: join(folder, 'other-ca.pem') };
  writeFileSync(certificates.ca, authority.ca);
  writeFileSync(certificates.otherCa, (await createAuthority(['localhost'])).ca);
  const versions = installVersions().filter(({ major }) => flags.only === undefined || String(major) === flags.only);

  for (const { major, native } of versions) {
    const options = await optionsFor(`postgres-${major}`, await prepareBinaries(identity, silentLogger, native));
    let server: PostgresServer | null = null;
    await checks.check(
      `PostgreSQL ${major}: over TLS, with its certificate checked, as a role without rights`,
      async () => {
        server = await started(newServer({ ...options, authority }), options);
        await overTls(server, certificates);
      },
    );
    if (server === null) continue;
    const own: PostgresServer = server;
    await checks.check(`PostgreSQL ${major}: a restart in flight loses nothing and needs nobody`, async () => {
      say(`${await restartInFlight(own, certificates.ca)} batches were sent again`);
    });
    await own.stop();
  }

  const newest = await prepareBinaries(identity, silentLogger, versions.at(-1)?.native);
  await checks.check('a failover in flight loses nothing and needs nobody', async () => {
    const first = await optionsFor('primary', newest);
    const primary = await started(newServer({ ...first, authority }), first);
    const second = await optionsFor('standby', newest);
    const standby = await started(standbyOf(primary, second), second);
    // What is acknowledged is on both; only now, since the copy should not wait for a standby of its own.
    await primary.query(`alter system set synchronous_standby_names = '*'`);
    await primary.query('select pg_reload_conf()');
    const [port = 0] = await lastingPorts(1, Math.random);
    say(`${await failover(primary, standby, port, certificates.ca)} batches were sent again`);
  });

  const pooler = installPgBouncer();
  if (pooler === null) checks.skip('PgBouncer', 'it is not installed, and Debian’s package cannot be had');
  else {
    await checks.check('behind PgBouncer in transaction mode, nothing relies on a session', async () => {
      const options = await optionsFor('pooled', newest);
      const server = await started(newServer({ ...options, authority }), options);
      const [port = 0] = await lastingPorts(1, Math.random);
      const bouncer = await startPgBouncer({ program: pooler, identity, folder: options.folder, port, server });
      running.push(bouncer);
      await behindPooler(bouncer.url, folder);
    });
  }
}

async function optionsFor(name: string, binaries: Binaries): Promise<PostgresServerOptions> {
  const [port = 0] = await lastingPorts(1, Math.random);
  return { binaries, identity, folder: join(folder, name), port };
}

/** Stopped at the end, whatever comes; its log is told when it does not start. */
async function started(server: Promise<PostgresServer>, options: PostgresServerOptions): Promise<PostgresServer> {
  try {
    const ready = await server;
    running.push(ready);
    return ready;
  } catch (cause) {
    const log = readFileSync(join(options.folder, 'postgres.log'), 'utf8').slice(-3000);
    throw new Error(`a server does not start:\n${log}`, { cause });
  }
}
