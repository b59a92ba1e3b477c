/**
 * `npm run stack`: the real Collector, Prometheus and Alertmanager with the ledger and the demo's traffic, without containers, started
 * from docker-compose.yml on free loopback ports. With `--once` it checks that all of them agree and ends; without, it keeps running.
 */
import { parseArgs } from 'node:util';
import { stackCache } from '../../scripts/stack/cache.ts';
import { installParts } from '../../scripts/stack/install.ts';
import { parts } from '../../scripts/stack/parts.ts';
import { startChecks, type Checks } from './checks.ts';
import { checkConfiguration } from './configuration-checks.ts';
import { startRealStack, type RealStack } from './real-stack.ts';
import { checkRunningStack } from './running-checks.ts';
import { startTraffic } from './traffic.ts';

const { values: flags } = parseArgs({ options: { once: { type: 'boolean', default: false } } });
const say = (line: string): void => console.log(line);
const checks: Checks = startChecks(say);

const installed = installParts(parts, stackCache(), say);
if (installed.skipped.length > 0) {
  checks.skip('the stack', `${installed.skipped.join(', ')} cannot be built without Go`);
  checks.close();
} else if (flags.once) {
  await once();
  process.exitCode = checks.close() ? 0 : 1;
} else {
  await keepRunning();
}

async function once(): Promise<void> {
  await checkConfiguration(checks);
  let stack: RealStack | null = null;
  await checks.check('every part of docker-compose.yml but Grafana starts as a plain process', async () => {
    // Any spend is above it, so that the alert has to go all the way.
    stack = await startRealStack({ variables: { WIRETALLY_BUDGET_DAILY_USD: '0.000001' } });
  });
  if (stack === null) {
    checks.skip('all that needs the running parts', 'they did not start');
    return;
  }
  try {
    await checkRunningStack(stack, checks);
  } finally {
    await (stack as RealStack).stop();
  }
}

async function keepRunning(): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  const stack = await startRealStack();
  const traffic = await startTraffic(stack, 500);
  say(`ledger        ${stack.ledger}   (authorization: Bearer ${stack.token})`);
  say(`prometheus    ${stack.prometheus}`);
  say(`alertmanager  ${stack.alertmanager}`);
  say(`collector     ${stack.collector}   (OTLP/HTTP), ${stack.collectorMetrics}/metrics`);
  say(`postgres      ${stack.readerUrl}   (reads only)`);
  say(`logs          ${stack.folder}/logs`);
  say('Ctrl-C stops everything.');
  await stopped;
  await traffic.close();
  await stack.stop();
}
