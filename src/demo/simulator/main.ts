/** The simulator alone, for trying a service of one's own against it: `node src/demo/simulator/main.ts`. */
import { portFrom } from '../environment.ts';
import { SIMULATOR_PORT, SIMULATOR_PORT_VARIABLE, startSimulator } from './server.ts';

const simulator = await startSimulator({ port: portFrom(SIMULATOR_PORT_VARIABLE, SIMULATOR_PORT) });
console.log(`The provider simulator listens on ${simulator.url}; what it served: ${simulator.url}/served`);
process.once('SIGINT', () => void simulator.close());
process.once('SIGTERM', () => void simulator.close());
