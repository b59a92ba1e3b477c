/** A part of the matrix in which each client meets each version of Node, and each scenario each version and many clients. */
import type { Cell } from './cell.ts';

/**
 * Goes down the matrix diagonally: the n-th client and the n-th version take each n-th scenario in turn.
 *
 * @returns one cell for each client and version of Node, and at least one for each scenario and version.
 */
export function sampled(all: readonly Cell[]): Cell[] {
  const nodes = [...new Set(all.map(({ node }) => node))];
  const clients = [...new Set(all.map(({ client }) => client))];
  const scenarios = [...new Set(all.map(({ scenario }) => scenario))];
  const picked = new Map<string, Cell>();
  for (const [n, node] of nodes.entries()) {
    const length = Math.max(clients.length, scenarios.length);
    for (let i = 0; i < length; i += 1) {
      const client = clients[i % clients.length];
      // A scenario that this client does not have gives way to the next one.
      for (let step = 0; step < scenarios.length; step += 1) {
        const scenario = scenarios[(i + step + n * 13) % scenarios.length];
        if (client === undefined || scenario === undefined || (scenario.skip?.(client) ?? null) !== null) continue;
        picked.set(`${node} ${client.name} ${scenario.name}`, { node, client, scenario });
        break;
      }
    }
  }
  return [...picked.values()];
}
