/** The sink of the benchmark in a process of its own: as `wiretally up` starts it, on a free port. argv: its folder. */
import { keepHeapSmall } from '../../src/ledger/cli/keep-heap-small.ts';
import { silentLogger } from '../../src/ledger/logger.ts';
import { serveConfiguration } from '../../src/ledger/serve/configuration.ts';
import { startLedgerService } from '../../src/ledger/serve/service.ts';

keepHeapSmall();
const service = await startLedgerService({
  configuration: serveConfiguration({ port: '0', otlpPort: 'none' }),
  ledger: { dataDir: process.argv[2] },
  logger: { ...silentLogger, warn: console.error, error: console.error },
});
process.send?.({ url: service.url, database: service.ledger.pool.options });
process.once('SIGTERM', () => {
  void service.close().then(() => process.exit(0));
});
