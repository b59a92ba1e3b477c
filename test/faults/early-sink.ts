/** Negative control: a sink that acknowledges before it has stored. Takes `wiretally up`'s two flags. */
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { openLedger } from 'wiretally';

const { values } = parseArgs({ options: { port: { type: 'string' }, 'otlp-port': { type: 'string' } } });
const ledger = await openLedger();

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.writeHead(ledger.stats.ready ? 200 : 503).end();
    return;
  }
  const chunks: Buffer[] = [];
  request.on('error', () => undefined);
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    const { headers } = request;
    void ledger.receiver.receiveOtlp(
      'logs',
      headers['content-type'],
      headers['content-encoding'],
      Buffer.concat(chunks),
    );
  });
});
server.listen(Number(values.port), '127.0.0.1');
process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  void ledger.close().then(() => process.exit(0));
});
