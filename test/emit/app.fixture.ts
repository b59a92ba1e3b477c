/** A service that makes AI calls with `fetch` and then does what the mode says. Nothing in it knows of Wiretally. */
import { fork, spawn } from 'node:child_process';
import cluster from 'node:cluster';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

const mode = process.argv[2] ?? '';
const calls = Number(process.env['APP_CALLS'] ?? 3);

async function callAll(model = 'gpt-4o-mini'): Promise<void> {
  for (let index = 0; index < calls; index += 1) {
    const response = await fetch(`${process.env['APP_PROVIDER']}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer sk-secret' },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'a private prompt' }] }),
    });
    await response.json();
  }
}

const forever = (): NodeJS.Timeout => setInterval(() => {}, 1_000);

switch (mode) {
  case 'end':
    await callAll();
    break;
  case 'stream': {
    const response = await fetch(`${process.env['APP_PROVIDER']}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ model: 'gpt-4o-mini', messages: [], stream: true }),
    });
    await response.text();
    break;
  }
  case 'exit':
    await callAll();
    process.exit(7);
  case 'throw':
    await callAll();
    throw new Error('uncaught');
  case 'wait':
    forever();
    await callAll();
    console.log('called');
    break;
  case 'steady':
    // 20 at a time, 200 a second, a line for each that has ended.
    setInterval(() => {
      for (let index = 0; index < 20; index += 1) void callAll().then(() => process.stdout.write('.'));
    }, 100);
    break;
  case 'own-handler':
    process.once('SIGTERM', () => {
      setTimeout(() => {
        console.log('closed by itself');
        process.exit(3);
      }, 300);
    });
    forever();
    await callAll();
    console.log('called');
    break;
  case 'work-after-signal': {
    const timer = forever();
    process.once('SIGTERM', () => {
      void callAll().then(() => clearInterval(timer));
    });
    await callAll();
    console.log('called');
    break;
  }
  case 'signal-exit':
    // What the package of this name does: it acts only where all listeners are its own.
    (process as unknown as Record<symbol, unknown>)[Symbol.for('signal-exit emitter')] = { count: 1 };
    process.on('SIGTERM', function listener() {
      if (process.listeners('SIGTERM').length !== 1) return;
      console.log('cleaned up');
      process.removeListener('SIGTERM', listener);
      process.kill(process.pid, 'SIGTERM');
    });
    forever();
    await callAll();
    console.log('called');
    break;
  case 'worker':
    await new Promise<unknown>((resolve, reject) => {
      const worker = new Worker(new URL(import.meta.url), { argv: ['end'] });
      worker.on('exit', resolve);
      worker.on('error', reject);
    });
    break;
  case 'cluster':
    if (cluster.isPrimary) {
      await Promise.all([1, 2].map(() => once(cluster.fork(), 'exit')));
    } else {
      await callAll();
      cluster.worker?.disconnect();
    }
    break;
  case 'children':
    await Promise.all([
      once(fork(import.meta.filename, ['end']), 'exit'),
      // No flags of ours: what it inherits is in NODE_OPTIONS, where somebody set it.
      once(spawn(process.execPath, [import.meta.filename, 'end'], { stdio: 'inherit' }), 'exit'),
    ]);
    break;
  case 'users': {
    const { withUsageContext } = await import('@wiretally/instrumentation');
    await Promise.all(
      Array.from({ length: 200 }, (_, n) =>
        withUsageContext(
          { user: `user-${n}`, session: `session-${n % 7}`, tags: { team: `team-${n % 3}` } },
          async () => {
            await new Promise((resolve) => setTimeout(resolve, n % 10));
            await callAll(`model-${n}`);
          },
        ),
      ),
    );
    break;
  }
  case 'own-sdk': {
    // An application that has set OpenTelemetry up itself, and takes the class into its list.
    const { NodeSDK } = await import('@opentelemetry/sdk-node');
    const { WiretallyInstrumentation } = await import('@wiretally/instrumentation');
    const sdk = new NodeSDK({ instrumentations: [new WiretallyInstrumentation()] });
    sdk.start();
    await callAll();
    await sdk.shutdown();
    break;
  }
  case 'code': {
    const { forceFlush, getSessionTokenUsage, recordUsage } = await import('@wiretally/instrumentation');
    recordUsage({ modelName: 'imagen-4.0-generate-001', serviceType: 'image', images: 2, sessionId: 's-1' });
    await forceFlush();
    console.log(JSON.stringify(getSessionTokenUsage()));
    process.exit(0);
  }
  case 'nothing':
    break;
  default:
    throw new Error(`unknown mode ${mode}`);
}
