/** All transports, one line each. */
import type { Capture } from './capture.ts';
import { claim } from './claim.ts';
import type { Undo } from './claim.ts';
import { reportFault } from './guard.ts';
import { enableUndici } from './undici/subscribe.ts';

const TRANSPORTS: readonly ((capture: Capture) => Undo)[] = [enableUndici];

/**
 * Switches all transports on, or waits where another copy of this package has done so.
 *
 * @param onActive what else is to run only in the copy that is at work; gives its own undo.
 */
export function enableTransports(capture: Capture, onActive: () => Undo = () => () => {}): Undo {
  return claim('transports', () => {
    const undos: Undo[] = [];
    for (const turnOn of [onActive, ...TRANSPORTS]) {
      try {
        undos.push(turnOn(capture));
      } catch (error) {
        reportFault(capture.counters, 'enable', error);
      }
    }
    undos.push(startSweeping(capture));
    return () => {
      for (const undo of undos.toReversed()) undo();
    };
  });
}

/** Does not keep the process alive. */
function startSweeping(capture: Capture): Undo {
  const timer = setInterval(() => capture.sweep(), capture.limits.idleMs);
  timer.unref();
  return () => clearInterval(timer);
}
