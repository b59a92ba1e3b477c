/**
 * Asks a real ledger everything that its OpenAPI document allows, and what it forbids: no answer may be 5xx or outside
 * of its schema. `npm run fuzz:api -- --examples N --seed N`
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createUsageClient, serveConfiguration, startLedgerService } from 'wiretally';
import { installSchemathesis } from './schemathesis.ts';

const { values } = parseArgs({
  options: { examples: { type: 'string', default: '6' }, seed: { type: 'string', default: '1' } },
});
/** Beside the installation, so that all stays below two minutes. */
const MAX_SECONDS = 75;
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
];

const found = installSchemathesis();
if ('missing' in found) {
  console.log(`The API is not fuzzed: ${found.missing}`);
  console.log('0 passed, 0 failed, 1 skipped');
} else {
  const failed = await fuzz(found.program);
  console.log(`seed ${values.seed}, ${values.examples} examples an operation`);
  console.log(failed ? '0 passed, 1 failed, 0 skipped' : '1 passed, 0 failed, 0 skipped');
  process.exitCode = failed ? 1 : 0;
}

async function fuzz(program: string): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'wiretally-api-fuzz-'));
  const complain = (details: unknown, text: string): void => console.error(text, details);
  const service = await startLedgerService({
    configuration: serveConfiguration({ host: '127.0.0.1', port: '0', otlpPort: 'none' }, {}),
    ledger: { dataDir: join(folder, 'data'), serverSettings: { fsync: 'off' } },
    logger: { debug() {}, info() {}, warn() {}, error: complain },
  });
  try {
    const client = createUsageClient({ url: service.url });
    for (const session of ['s', 'b2c7d1f0-5a41-4c0e-9d8a-3f6f0a1b2c3d']) {
      await client.recordUsage({
        session_id: session,
        model_name: 'gpt-4o-mini',
        service_type: 'text',
        operation_type: 'chat',
        input_tokens: 10,
        output_tokens: 5,
      });
    }
    const args = ['run', `${service.url}/openapi.json`, '--checks', CHECKS.join(','), '--no-color'];
    args.push('--max-examples', values.examples, '--seed', values.seed, '--max-time', String(MAX_SECONDS));
    args.push('--phases', 'examples,coverage,fuzzing', '--continue-on-failure');
    const child = spawn(program, args, { cwd: folder, stdio: 'inherit' });
    const code = await new Promise((resolve) => child.once('close', resolve));
    return code !== 0;
  } finally {
    await service.close();
    await rm(folder, { recursive: true, force: true });
  }
}
