/**
 * npm run sdks -- [--sdk NAME] [--node 24] [--verbose]
 *
 * Each SDK makes a call, streams, is refused and leaves a stream, without us and with us: the application must see the
 * same, and each step must give its record.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { hostMapping } from '../../src/demo/simulator/host-mapping.ts';
import { startSimulator } from '../../src/demo/simulator/server.ts';
import { firstDifference } from './compare.ts';
import { wrongRecords } from './expect-records.ts';
import { installed, nodeBinary } from './install.ts';
import { REGISTER, runApp, shownRecord } from './run-app.ts';
import type { SdkAssignment } from './sdk/app.ts';
import { EXPECTED } from './sdk/expected.ts';
import { startProviderServer } from './sdk/provider-server.ts';
import { SDKS } from './sdk/scripts/index.ts';
import { spooledRecords, startBusyLedger } from './wire/records.ts';

const { values } = parseArgs({
  options: {
    sdk: { type: 'string' },
    node: { type: 'string', default: '24' },
    verbose: { type: 'boolean', default: false },
  },
});
const APP = fileURLToPath(new URL('sdk/app.ts', import.meta.url));
/** Slow enough that a stream can be left in the middle. */
const CHUNK_DELAY_MS = 40;

const binary = nodeBinary(installed('clients'), values.node);
const packages = installed('sdks');
const others = await startProviderServer();
const ledger = await startBusyLedger();
const counts = { passed: 0, failed: 0, skipped: 0 };

for (const sdk of SDKS.filter((name) => values.sdk === undefined || name.includes(values.sdk))) {
  const wrong = await check(sdk);
  if (wrong.length === 0) counts.passed += 1;
  else counts.failed += 1;
  console.log(`${wrong.length === 0 ? 'ok    ' : 'FAILED'} ${sdk}`);
  for (const line of wrong) console.log(`  ${line}`);
}
ledger.close();
await others.close();
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed === 0 ? 0 : 1;

async function check(sdk: string): Promise<string[]> {
  const expected = EXPECTED[sdk];
  if (expected === undefined) return ['nobody says what its records must be: add it to test/matrix/sdk/expected.ts'];
  const spool = mkdtempSync(join(tmpdir(), 'wiretally-sdks-'));
  try {
    const alone = await run(sdk, [], spool);
    const watched = await run(sdk, ['--import', REGISTER], spool);
    const records = spooledRecords(spool).filter(({ kind }) => kind === 'call');
    if (values.verbose) console.log(watched.transcript + records.map((record) => shownRecord(record)).join(''));
    const { provider, each } = expected;
    return [
      ...(['transcript', 'stderr', 'exit'] as const).flatMap((part) =>
        firstDifference(part, alone[part], watched[part]),
      ),
      ...wrongRecords(records, { count: each.length, each: each.map((match) => ({ provider, ...match })) }, 0),
    ];
  } finally {
    rmSync(spool, { recursive: true, force: true });
  }
}

async function run(sdk: string, args: readonly string[], spool: string): ReturnType<typeof runApp> {
  // A fresh one each time: it answers the attempts of a scenario in turn.
  const simulator = await startSimulator({ port: 0, chunkDelayMs: CHUNK_DELAY_MS });
  const assignment: SdkAssignment = {
    sdk,
    packages,
    simulator: simulator.url,
    others: others.url,
    othersH2: others.h2Url,
  };
  try {
    const result = await runApp(binary, [...args, APP], {
      ...process.env,
      NODE_OPTIONS: '',
      MATRIX_SDK: JSON.stringify(assignment),
      WIRETALLY_HOSTS: `${hostMapping(simulator.port)},${otherHosts()}`,
      WIRETALLY_LEDGER_ENDPOINT: ledger.url,
      WIRETALLY_SPOOL_DIR: spool,
      WIRETALLY_QUIET: '1',
      OTEL_EXPORTER_OTLP_ENDPOINT: ledger.url,
    });
    const port = `:${simulator.port}`;
    return { ...result, transcript: result.transcript.replaceAll(port, ':PORT'), stderr: withoutPid(result.stderr) };
  } finally {
    await simulator.close();
  }
}

function otherHosts(): string {
  const host = new URL(others.url).host;
  return [
    ...['together', 'huggingface', 'ollama', 'replicate'].map((name) => `${host}/${name}=${name}`),
    `${host}/mistral=mistral_ai`,
    `${host}/bedrock=aws.bedrock`,
    `${new URL(others.h2Url).host}=aws.bedrock`,
  ].join(',');
}

function withoutPid(stderr: string): string {
  return stderr.replaceAll(/\(node:\d+\)/g, '(node:PID)');
}
