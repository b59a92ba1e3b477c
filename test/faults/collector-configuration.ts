import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { repositoryRoot } from '../../scripts/stack/cache.ts';

interface AgentConfiguration {
  readonly exporters: Record<string, { sending_queue?: { storage?: string } }>;
}

/**
 * The path of what the Collector is started with: otel-collector/agent.yaml as it is shipped, or (negative control) the
 * same with its queues in memory.
 */
export function collectorConfiguration(folder: string, memoryQueue: boolean): string {
  const shipped = join(repositoryRoot, 'otel-collector/agent.yaml');
  if (!memoryQueue) return shipped;
  const agent = parse(readFileSync(shipped, 'utf8')) as AgentConfiguration;
  for (const { sending_queue: queue } of Object.values(agent.exporters)) {
    if (queue !== undefined) delete queue.storage;
  }
  const path = join(folder, 'memory-queue.yaml');
  writeFileSync(path, stringify(agent));
  return path;
}
