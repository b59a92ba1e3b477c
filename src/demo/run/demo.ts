/** The main job, from end to end: ledger, simulated providers, services, report, self-check; and all stopped again. */
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { scenarios } from '../scenarios/index.ts';
import { serviceNames } from '../services/index.ts';
import { startSimulator } from '../simulator/server.ts';
import type { Child } from './child.ts';
import { DemoError } from './demo-error.ts';
import { waitForFreePort } from './free-port.ts';
import { superviseLedger } from './ledger-supervisor.ts';
import type { LedgerSupervisor } from './ledger-supervisor.ts';
import { totalsOf } from './compare.ts';
import { ledgerTotals } from './ledger-totals.ts';
import type { LedgerModel } from './ledger-totals.ts';
import { liveView } from './live-view.ts';
import type { LiveSource, LiveView, Terminal } from './live-view.ts';
import { remarksOf } from './remarks.ts';
import { terminalReport } from './report.ts';
import { selfCheck } from './self-check.ts';
import { startCourier, startServices } from './services.ts';
import type { StopSignals } from './stop-signals.ts';

export interface DemoOptions {
  /** The repository. */
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly ledgerPort: number;
  readonly simulatorPort: number;
  /** How often each call is made; null: until stopped. */
  readonly rounds: number | null;
  /** kill -9 the ledger in the middle. */
  readonly killLedger: boolean;
  readonly terminal: Terminal;
  readonly signals: StopSignals;
}

const EARLIER_RUN_PATIENCE_MS = 6_000;
const SERVICE_PATIENCE_MS = 10_000;
const LEDGER_PATIENCE_MS = 20_000;
/** Services deliver before they end; what is not there by then lies on their disk. */
const PROMPT_CHECK_MS = 4_000;
const CHECK_PATIENCE_MS = 20_000;
const REDRAW_MS = 2_000;

/**
 * @returns whether the ledger agrees with what was served, and every service did what it should.
 * @throws DemoError where something has to be changed first
 */
export async function runDemo(options: DemoOptions): Promise<boolean> {
  const { cwd, ledgerPort, simulatorPort, signals, terminal } = options;
  const dataDirectory = resolve(cwd, options.environment['WIRETALLY_DATA'] || 'data/postgres');
  const ledgerEnvironment = { ...onThisMachine(options.environment), WIRETALLY_DATA: dataDirectory };
  let footer = (): readonly string[] => [];
  const view = liveView(terminal, () => footer());

  await Promise.all([ledgerPort, simulatorPort].map((port) => waitForFreePort(port, EARLIER_RUN_PATIENCE_MS)));
  const simulator = await startSimulator({ port: simulatorPort }).catch((error: unknown) => {
    throw new DemoError(error instanceof Error ? error.message : String(error), { cause: error });
  });
  let ledger: LedgerSupervisor | null = null;
  let services: readonly Child[] = [];
  const onForce = (): void => {
    view.say('Stopping at once.');
    for (const service of services) service.kill('SIGKILL');
  };
  signals.force.addEventListener('abort', onForce);
  try {
    view.say('Starting the ledger with its own PostgreSQL (the first time takes some seconds) ...');
    ledger = await superviseLedger(
      { cwd, environment: ledgerEnvironment, port: ledgerPort, signal: signals.stop, restartSignal: signals.force },
      (line) => view.say(line),
    );
    const { url } = ledger;
    const addresses = () => [
      `ledger     ${url}   pid ${ledger?.pid()}   data in ${dataDirectory}`,
      `simulator  ${simulator.url}   what it served: ${simulator.url}/served`,
    ];
    for (const line of addresses()) view.say(line);
    footer = () => [...addresses(), 'Ctrl-C stops everything.'];

    const since = new Date();
    const totals = () => ledgerTotals(url, since, serviceNames);
    const traffic = {
      cwd,
      environment: options.environment,
      simulator,
      otlpEndpoint: url,
      spoolDirectory: `${dataDirectory}-spool`,
      rounds: options.rounds,
      pauseMs: options.rounds === null ? 500 : 20,
    };
    services = startServices(traffic);
    view.say(`Started ${services.length} services: ${serviceNames.join(', ')}.`);
    for (const remark of remarksOf(ledger.output())) view.say(`note       ${remark}`);

    const over = new AbortController();
    const killing = options.killLedger
      ? killInTheMiddle(ledger, () => simulator.served(), options.rounds, over.signal)
      : null;
    const source = { summary: async () => summaryOf(await totals()), report: () => terminalReport(url, terminal) };
    const drawing = redraw(source, view, over.signal);
    const failure = await untilDone(services, ledger, signals.stop);
    over.abort();
    await Promise.all([drawing, killing]);
    view.close();
    if (failure !== null) view.say(failure.message);

    const serviceProblems = await stopServices(services, options.rounds !== null);
    for (const problem of serviceProblems) view.say(problem);
    if (signals.force.aborted) return false;

    const ask = (patienceMs: number) =>
      selfCheck({ served: () => simulator.served(), ledger: totals, patienceMs, force: signals.force });
    let check = await ask(ledger.restarts() > 0 ? 0 : PROMPT_CHECK_MS);
    if (!check.agrees && failure === null && !signals.force.aborted) {
      await ledger.ready();
      const courier = startCourier(traffic);
      services = [...services, courier];
      await courier.exited;
      check = await ask(CHECK_PATIENCE_MS);
    }
    const report = await terminalReport(url, terminal).catch((error: unknown) => `No report: ${String(error)}`);
    terminal.write(`\n${report}\n\n${check.lines.join('\n')}\n`);
    if (options.killLedger) terminal.write(`The ledger was killed and came back ${ledger.restarts()} time(s).\n`);
    return check.agrees && failure === null && serviceProblems.length === 0;
  } finally {
    view.close();
    // Also after a failure half-way: services first, so that they can deliver; the ledger last.
    await Promise.all(services.map((service) => service.stop(SERVICE_PATIENCE_MS)));
    await simulator.close();
    if (ledger !== null) await ledger.stop(signals.force.aborted ? 5_000 : LEDGER_PATIENCE_MS);
    signals.force.removeEventListener('abort', onForce);
  }
}

/** The demo's ledger serves this machine, on its own database: what the person set up for another one is not meant. */
function onThisMachine(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const others = new Set(['WIRETALLY_TOKEN', 'WIRETALLY_HOST', 'DATABASE_URL']);
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !others.has(name)));
}

/** @returns why the demo cannot go on; null where it was stopped or all services have made their rounds. */
async function untilDone(
  services: readonly Child[],
  ledger: LedgerSupervisor,
  stop: AbortSignal,
): Promise<Error | null> {
  const stopped = new Promise<null>((resolve_) => {
    if (stop.aborted) resolve_(null);
    stop.addEventListener('abort', () => resolve_(null), { once: true });
  });
  const finished = Promise.all(services.map((service) => service.exited)).then(() => null);
  return await Promise.race([stopped, finished, ledger.failed]);
}

/** @returns a line for each service that did not end as it should. */
async function stopServices(services: readonly Child[], endByThemselves: boolean): Promise<string[]> {
  const problems = await Promise.all(
    services.map(async (service) => {
      const inTime = await service.stop(SERVICE_PATIENCE_MS);
      const { code, signal } = await service.exited;
      if (!inTime) return `${service.name} did not stop within ${SERVICE_PATIENCE_MS / 1000} s and was killed.`;
      // A service that is asked to stop may end by the signal.
      if (code === 0 || (!endByThemselves && signal === 'SIGTERM')) return null;
      return `${service.name} ended with ${signal ?? `exit code ${code}`}:\n${service.output()}`;
    }),
  );
  return problems.filter((problem) => problem !== null);
}

async function redraw(source: LiveSource, view: LiveView, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    await view.refresh(source);
    await pause(REDRAW_MS, undefined, { signal: over }).catch(() => undefined);
  }
}

const COUNT = new Intl.NumberFormat('en-US');

function summaryOf(rows: readonly LedgerModel[]): string {
  const { calls, tokens, costUsd } = totalsOf(rows);
  return `This run: ${COUNT.format(calls)} calls, ${COUNT.format(tokens)} tokens, $${Number(costUsd).toFixed(4)}`;
}

/** When about half of the calls have been made. */
async function killInTheMiddle(
  ledger: LedgerSupervisor,
  served: () => { readonly calls: number },
  rounds: number | null,
  over: AbortSignal,
): Promise<void> {
  const perRound = scenarios.reduce((sum, scenario) => sum + scenario.attempts.length, 0);
  const half = (perRound * (rounds ?? 2)) / 2;
  while (served().calls < half) {
    if (over.aborted) return;
    await pause(20);
  }
  ledger.kill('SIGKILL');
}
