import { connect } from 'node:net';

/**
 * Whether somebody listens there. The SDK's exporters try again for up to ten seconds with timers that keep the process
 * alive: a finished script must not wait for a collector that is not there.
 */
export function isReachable(url: URL, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
    const socket = connect({ host: url.hostname.replace(/^\[|\]$/g, ''), port, timeout: timeoutMs });
    const answer = (reachable: boolean) => (): void => {
      socket.destroy();
      resolve(reachable);
    };
    socket.once('connect', answer(true));
    socket.once('error', answer(false));
    socket.once('timeout', answer(false));
  });
}
