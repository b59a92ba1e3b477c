/** Compiles the three published packages, then does what TypeScript does not: migrations, and a command that may be run. */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const compiled = spawnSync(
  process.execPath,
  ['node_modules/typescript/bin/tsc', '-b', 'src/usage', 'src/instrumentation', 'src/ledger'],
  { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
);
if (compiled.status !== 0) process.exit(compiled.status ?? 1);

const migrations = `${root}src/ledger/store/migrations`;
if (existsSync(migrations)) cpSync(migrations, `${root}src/ledger/dist/store/migrations`, { recursive: true });

// npm makes it so where it installs a package; in this repository it links to what is not compiled yet.
chmodSync(`${root}src/ledger/dist/cli/main.js`, 0o755);
