/** A part of the matrix in which each client meets each version of Node, and each scenario each version and many clients. */
import type { Cell } from './cell.ts';

/** By how many scenarios one version of Node is ahead of the one before it. */
const STEP = 13;

/** @returns one cell for each client and version of Node, and at least one for each scenario and version. */
export function sampled(all: readonly Cell[]): Cell[] {
  // Clients of WebSockets and the others have no scenario in common.
  return [true, false].flatMap((socket) => diagonal(all.filter(({ client }) => client.socket === socket)));
}

/** The n-th client takes the n-th scenario, in each version of Node another one. */
function diagonal(all: readonly Cell[]): Cell[] {
  const nodes = [...new Set(all.map(({ node }) => node))];
  const clients = [...new Set(all.map(({ client }) => client))];
  const scenarios = [...new Set(all.map(({ scenario }) => scenario))];
  const picked = new Map<string, Cell>();
  const pick = (cells: readonly Cell[]): void => {
    const cell = cells.find(({ client, scenario }) => (scenario.skip?.(client) ?? null) === null);
    if (cell !== undefined) picked.set(`${cell.node} ${cell.client.name} ${cell.scenario.name}`, cell);
  };
  for (const [n, node] of nodes.entries()) {
    // What one does not have gives way to the next.
    for (const [i, client] of clients.entries()) {
      pick(rotated(scenarios, i + n * STEP).map((scenario) => ({ node, client, scenario })));
    }
    const met = new Set([...picked.values()].filter((cell) => cell.node === node).map(({ scenario }) => scenario));
    for (const [i, scenario] of scenarios.entries()) {
      if (!met.has(scenario)) {
        pick(rotated(clients, i + n * STEP).map((client) => ({ node, client, scenario })));
      }
    }
  }
  return [...picked.values()];
}

function rotated<T>(list: readonly T[], by: number): T[] {
  const at = by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}
