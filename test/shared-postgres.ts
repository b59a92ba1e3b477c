/**
 * One PostgreSQL for all test files of a run: the first file that needs it starts it, the others adopt it, the last one
 * stops it, as the supervisor does for any processes that share a folder. Only the folder is made here, so that a run
 * of tests without a database starts none.
 */
import { chmod, glob, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export default async function sharedPostgres(): Promise<() => Promise<void>> {
  const parent = await mkdtemp(join(tmpdir(), 'wiretally-tests-'));
  // As root, the server runs as another user, who has to get there.
  await chmod(parent, 0o711);
  const dataDir = join(parent, 'data');
  process.env['WIRETALLY_TEST_POSTGRES'] = dataDir;
  // Children on the sources start in a third of the time when what was compiled is kept.
  process.env['NODE_COMPILE_CACHE'] ??= join(parent, 'compiled');
  return async () => {
    // A file that was cut short leaves a server behind.
    for await (const file of glob('*/postmaster.pid', { cwd: dataDir })) {
      const { startEmbedded } = await import('../src/ledger/embedded/supervisor.ts');
      const { silentLogger } = await import('../src/ledger/logger.ts');
      if (file !== '') await (await startEmbedded({ dataDir, logger: silentLogger })).close();
    }
    await rm(parent, { recursive: true, force: true, maxRetries: 3 });
  };
}
