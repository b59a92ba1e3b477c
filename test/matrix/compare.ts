/** Compares two runs of the same application. */
import type { Run } from './cell.ts';

/** The buffers of both sockets hold a little more or less each time. */
const AMOUNT_FACTOR = 1.5;
const AMOUNT_BYTES = 4 * 1024 * 1024;

export function differences(alone: Run, watched: Run, anyConnections: boolean): string[] {
  const texts = (['exit', 'transcript', 'stdout', 'stderr'] as const).flatMap((field) =>
    firstDifference(field, plain(alone[field]), plain(watched[field])),
  );
  const served = firstDifference(
    'requests that the server got',
    alone.served.requests.toSorted().join('\n\n'),
    watched.served.requests.toSorted().join('\n\n'),
  );
  const connections = anyConnections
    ? []
    : firstDifference('connections', String(alone.served.connections), String(watched.served.connections));
  const amounts = alone.served.amounts.flatMap((before, i) => {
    const after = watched.served.amounts[i] ?? 0;
    const near = Math.abs(after - before) <= Math.max(AMOUNT_BYTES, before * (AMOUNT_FACTOR - 1));
    return near ? [] : [`the server could write ${after} bytes instead of ${before} to a reader that paused`];
  });
  return [...texts, ...served, ...connections, ...amounts];
}

/** Without what differs from one process to the next. */
function plain(text: string): string {
  return (
    text
      // Node 22 shows a frame of its own in stacks where anybody uses AsyncLocalStorage.
      .replaceAll(/^ +at process\.callbackTrampoline .*\n/gm, '')
      .replaceAll(/\(node:\d+\)/g, '(node:PID)')
      .replaceAll(/127\.0\.0\.1:\d+ - Local \(\S+\)/g, 'LOCAL')
      // As JSON, and as Node shows an error that nobody handled.
      .replaceAll(/("?)(localPort|remotePort|bytesWritten|bytesRead|timeout)\1(: ?)\d+/g, '$1$2$1$3N')
  );
}

/** @returns at most one line. */
export function firstDifference(what: string, alone: string, watched: string): string[] {
  if (alone === watched) return [];
  const before = alone.split('\n');
  const after = watched.split('\n');
  const at = before.findIndex((line, i) => line !== after[i]);
  const line = at === -1 ? before.length : at;
  return [`${what} differs in line ${line + 1}: ${shown(before[line])} alone, ${shown(after[line])} with us`];
}

function shown(line: string | undefined): string {
  return line === undefined ? 'nothing' : JSON.stringify(line.slice(0, 300));
}
