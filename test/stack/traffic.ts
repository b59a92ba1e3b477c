/** The demo's services and simulated providers, with their telemetry sent to the collector. */
import path from 'node:path';
import { startServices, startSimulator, type Child, type Served } from '@wiretally/demo';
import { repositoryRoot } from '../../scripts/stack/cache.ts';
import type { RealStack } from './real-stack.ts';

export interface Traffic {
  served(): Served;
  /** Waits for the services to make their rounds. @throws Error with the last words of each that did not end well */
  finished(): Promise<void>;
  stop(): Promise<void>;
}

/** @param rounds how often each service makes each of its calls; null: until it is stopped */
export async function startTraffic(stack: RealStack, rounds: number | null): Promise<Traffic> {
  const simulator = await startSimulator({ port: 0 });
  const services: readonly Child[] = startServices({
    cwd: repositoryRoot,
    environment: process.env,
    simulator,
    otlpEndpoint: stack.collector,
    spoolDirectory: path.join(stack.folder, 'spool'),
    rounds,
    pauseMs: rounds === null ? 500 : 100,
  });
  return {
    served: () => simulator.served(),
    async finished() {
      const ends = await Promise.all(services.map(async (service) => ({ service, exit: await service.exited })));
      const bad = ends.filter(({ exit }) => exit.code !== 0);
      if (bad.length > 0) {
        throw new Error(
          bad
            .map(({ service, exit }) => `${service.name} ended with ${exit.signal ?? exit.code}:\n${service.output()}`)
            .join('\n'),
        );
      }
    },
    async stop() {
      await Promise.all(services.map((service) => service.stop(10_000)));
      await simulator.close();
    },
  };
}
