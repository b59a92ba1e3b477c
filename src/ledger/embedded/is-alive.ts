import { errorCode } from '../ledger-error.ts';

/** Whether a process of that number exists, ours or not. A zombie exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
