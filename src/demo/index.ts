/** The demo's parts, for tests that need traffic: the simulator and its scenarios. */
export { startSimulator } from './simulator/server.ts';
export type { Simulator, SimulatorOptions } from './simulator/server.ts';
export type { Served, ServedModel } from './simulator/served.ts';
export { hostMapping } from './simulator/host-mapping.ts';
export { scenarios } from './scenarios/index.ts';
export type { Attempt, DemoProvider, Expected, Reply, Scenario } from './scenarios/scenario.ts';
export { startServices } from './run/services.ts';
export type { ServicesOptions } from './run/services.ts';
export type { Child } from './run/child.ts';
