/** Starts the services, each a process of its own with the instrumentation loaded before it. */
import { serviceFile, serviceNames } from '../services/index.ts';
import { hostMapping } from '../simulator/host-mapping.ts';
import type { Simulator } from '../simulator/server.ts';
import { startChild } from './child.ts';
import type { Child } from './child.ts';

export interface ServicesOptions {
  readonly cwd: string;
  /** Of which only what has nothing to do with telemetry is passed on. */
  readonly environment: NodeJS.ProcessEnv;
  readonly simulator: Pick<Simulator, 'url' | 'port'>;
  /** Base URL of an OTLP/HTTP receiver. */
  readonly otlpEndpoint: string;
  /** Where records wait while the ledger is away. */
  readonly spoolDirectory: string;
  /** How often each service makes each of its calls; null: until it is stopped. */
  readonly rounds: number | null;
  readonly pauseMs: number;
}

const METRIC_INTERVAL_MS = 2_000;

export function startServices(options: ServicesOptions): readonly Child[] {
  return serviceNames.map((name) => startInstrumented(name, [serviceFile(name)], options));
}

/**
 * A service that makes no calls. What services left on disk when they ended while the ledger was away is delivered by
 * the next one that starts, and in the demo there may be no next one.
 */
export function startCourier(options: ServicesOptions): Child {
  return startInstrumented('courier', ['--eval', ''], options);
}

function startInstrumented(name: string, program: readonly string[], options: ServicesOptions): Child {
  return startChild({
    name,
    arguments: ['--import', '@wiretally/instrumentation/register', ...program],
    cwd: options.cwd,
    environment: {
      ...withoutTelemetry(options.environment),
      OTEL_SERVICE_NAME: name,
      OTEL_EXPORTER_OTLP_ENDPOINT: options.otlpEndpoint,
      OTEL_METRIC_EXPORT_INTERVAL: String(METRIC_INTERVAL_MS),
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=demo',
      WIRETALLY_HOSTS: hostMapping(options.simulator.port),
      WIRETALLY_SPOOL_DIR: options.spoolDirectory,
      DEMO_SIMULATOR_URL: options.simulator.url,
      DEMO_PAUSE_MS: String(options.pauseMs),
      ...(options.rounds === null ? {} : { DEMO_ROUNDS: String(options.rounds) }),
    },
  });
}

/** What the person's own shell says about telemetry is not meant for the demo's services. */
function withoutTelemetry(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^(?:OTEL_|WIRETALLY_|DEMO_|NODE_OPTIONS$)/.test(name)),
  );
}
