/** Traffic that was made by services and seen on the wire: no row is made by hand. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServices, startSimulator } from '@wiretally/demo';
import type { Served } from '@wiretally/demo';
import { readCorpus } from '../conformance/corpus.ts';
import { replayTo } from '../conformance/replay.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Every exchange of a corpus, through the replay server and an instrumented process. @returns how many there are */
export async function replayedTraffic(endpoint: string, corpus: string): Promise<number> {
  const exchanges = await readCorpus(corpus);
  await replayTo(endpoint, corpus, exchanges, 7);
  return exchanges.length;
}

/** The demo's services, a process each with the real SDKs, against the simulator of the providers. */
export async function simulatedTraffic(endpoint: string, rounds: number): Promise<Served> {
  const spoolDirectory = await mkdtemp(path.join(tmpdir(), 'wiretally-traffic-'));
  const simulator = await startSimulator({ port: 0, chunkDelayMs: 0 });
  try {
    const services = startServices({
      cwd: ROOT,
      environment: process.env,
      simulator,
      otlpEndpoint: endpoint,
      spoolDirectory,
      rounds,
      pauseMs: 0,
    });
    for (const service of services) {
      const { code } = await service.exited;
      if (code !== 0) throw new Error(`${service.name} ended with ${code}:\n${service.output()}`);
    }
    return simulator.served();
  } finally {
    await simulator.close();
    await rm(spoolDirectory, { recursive: true, force: true });
  }
}
