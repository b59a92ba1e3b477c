/** All transports, one line each. */
import type { Capture } from './capture.ts';
import type { Undo } from './claim.ts';
import { reportFault } from './guard.ts';
import { enableHttp } from './http/subscribe.ts';
import { enableHttp2 } from './http2/subscribe.ts';
import { enableUndici } from './undici/subscribe.ts';

const TRANSPORTS: readonly ((capture: Capture) => Undo)[] = [
  enableUndici,
  enableHttp,
  enableHttp2,
  sweepFromTimeToTime,
  abandonAtExit,
];

/** Switches all transports on. One that fails leaves the others working, and is told like any failure of ours. */
export function enableTransports(capture: Capture): Undo {
  const undos: Undo[] = [];
  for (const turnOn of TRANSPORTS) {
    try {
      undos.push(turnOn(capture));
    } catch (error) {
      reportFault(capture.counters, 'enable', error);
    }
  }
  return () => {
    for (const undo of undos.toReversed()) undo();
  };
}

/** Does not keep the process alive. */
function sweepFromTimeToTime(capture: Capture): Undo {
  const timer = setInterval(() => capture.sweep(), capture.limits.idleMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** `process.exit()` in the middle of an answer: the provider bills the call, so that it has to be on record. */
function abandonAtExit(capture: Capture): Undo {
  const abandon = (): void => capture.abandon();
  process.on('exit', abandon);
  return () => process.off('exit', abandon);
}
