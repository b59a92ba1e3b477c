/** The demo's services and simulated providers, with their telemetry sent to the collector. */
import path from 'node:path';
import { startServices, startSimulator, type Child, type Served } from '@wiretally/demo';
import { repositoryRoot } from '../../scripts/stack/cache.ts';
import type { RealStack } from './real-stack.ts';

const PATIENCE_MS = 10_000;

export interface Traffic {
  served(): Served;
  /**
   * Asks the services to end after the call that each is in, and waits until they have.
   * @throws Error with the last words of each that did not end well
   */
  stopServices(): Promise<void>;
  /** Ends everything, however the services fare. */
  close(): Promise<void>;
}

/** @param pauseMs of each service between two calls */
export async function startTraffic(stack: RealStack, pauseMs: number): Promise<Traffic> {
  const simulator = await startSimulator({ port: 0 });
  const services: readonly Child[] = startServices({
    cwd: repositoryRoot,
    environment: process.env,
    simulator,
    otlpEndpoint: stack.collector,
    spoolDirectory: path.join(stack.folder, 'spool'),
    rounds: null,
    pauseMs,
  });
  return {
    served: () => simulator.served(),
    async stopServices() {
      const ends = await Promise.all(
        services.map(async (service) => {
          await service.stop(PATIENCE_MS);
          return { service, exit: await service.exited };
        }),
      );
      const bad = ends.filter(({ exit }) => exit.code !== 0);
      if (bad.length === 0) return;
      const words = bad.map(
        ({ service, exit }) => `${service.name} ended with ${exit.signal ?? exit.code}:\n${service.output()}`,
      );
      throw new Error(words.join('\n'));
    },
    async close() {
      await Promise.all(services.map((service) => service.stop(PATIENCE_MS)));
      await simulator.close();
    },
  };
}
