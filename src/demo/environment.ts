/** Reads the demo's variables; what is wrong is said by name. */
import { DemoError } from './run/demo-error.ts';

/** @throws DemoError where the variable is set and no port. */
export function portFrom(variable: string, fallback: number): number {
  const text = process.env[variable];
  if (text === undefined || text === '') return fallback;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new DemoError(`${variable}=${text} is no port. Set it to a number from 0 (any free one) to 65535.`);
  return port;
}
