/** The columns of the matrix. */
import type { Scenario } from '../scenario.ts';
import { answers } from './answers.ts';
import { endings } from './endings.ts';
import { sockets } from './sockets.ts';
import { traffic } from './traffic.ts';

export const SCENARIOS: readonly Scenario[] = [...answers, ...endings, ...traffic, ...sockets];

export function scenarioNamed(name: string): Scenario {
  const found = SCENARIOS.find((scenario) => scenario.name === name);
  if (found === undefined)
    throw new Error(`No scenario of the matrix is called "${name}"; see test/matrix/scenarios/.`);
  return found;
}
