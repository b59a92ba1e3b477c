/**
 * Ledger records on disk until the ledger has acknowledged them, so that a kill -9 of the service, or a ledger that is
 * away for longer than memory reaches, loses nothing that was ended.
 *
 * A process appends to segments of its own (one line a record) and deletes a segment when all of it is acknowledged. The
 * next process to start takes over the segments of dead ones by renaming them: of two that try, one succeeds. Delivery is
 * at least once; the ledger knows records by their id.
 *
 * Appending is one synchronous write into the page cache (about 10 µs), which outlives the process; it is not synced to
 * the disk, so a power failure can lose the last seconds.
 */
import {
  closeSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { EncodedRecord } from './ledger-record.ts';
import { ensurePrivateDirectory } from './spool-directory.ts';
import { fileNameOf, isOrphan, ownerOf, thisOwner } from './spool-owner.ts';

/** A file of records, some of which are not acknowledged. */
export interface Segment {
  readonly path: string;
  /** Null once nothing is appended any more. */
  fd: number | null;
  bytes: number;
  unacknowledged: number;
}

export interface SpoolOptions {
  readonly directory: string;
  /** Of all files in the folder; beyond it records stay in memory alone. Default 128 MiB. */
  readonly maxBytes?: number;
  readonly segmentBytes?: number;
  readonly now?: () => number;
  /** Told once of each kind of failure; the spool goes on without the disk. */
  readonly onError?: (error: unknown) => void;
}

export interface Spool {
  /**
   * Writes a record.
   *
   * @param deferred true where memory has no room: the record is on disk alone until `takeDeferred`.
   * @returns its segment, to be acknowledged; null where the disk has no room or fails.
   */
  append(record: EncodedRecord, deferred: boolean): Segment | null;
  acknowledge(segment: Segment): void;
  /** Closes the segments that were written as deferred and hands them over. */
  takeDeferred(): Segment[];
  /** Takes over what dead processes left. */
  adopt(): Segment[];
  /** The records of a segment that was taken over; broken lines (a kill in the middle of a write) are left out. */
  read(segment: Segment): EncodedRecord[];
  /** A sign of life, so that nobody takes over what waits for long. */
  touch(): void;
  /** Deletes what is empty; what is not stays for the next process. */
  close(): void;
}

const MIB = 1024 * 1024;
const RETRY_AFTER_FAILURE_MS = 60_000;

export function createSpool(options: SpoolOptions): Spool {
  const { directory, maxBytes = 128 * MIB, segmentBytes = MIB, now = Date.now } = options;
  const self = thisOwner();
  const segments = new Set<Segment>();
  let sequence = 0;
  let active: Segment | null = null;
  let deferredActive: Segment | null = null;
  let deferred: Segment[] = [];
  let offUntil = 0;

  return {
    append(record, isDeferred) {
      if (now() < offUntil) return null;
      try {
        const segment = writable(isDeferred);
        if (segment === null || segment.fd === null) return null;
        const line = Buffer.from(`{"resource":${record.resource},"logRecord":${record.logRecord}}\n`);
        if (writeSync(segment.fd, line) < line.length) throw new Error(`${segment.path}: no room for a whole record`);
        segment.bytes += line.length;
        segment.unacknowledged += 1;
        return segment;
      } catch (error) {
        // Disk full, folder gone: a service must not pay for a try with each of its calls.
        offUntil = now() + RETRY_AFTER_FAILURE_MS;
        // What was written of the line would spoil the next one.
        abandon(isDeferred);
        options.onError?.(error);
        return null;
      }
    },

    acknowledge(segment) {
      segment.unacknowledged -= 1;
      if (segment.unacknowledged > 0) return;
      try {
        if (segment === active && segment.fd !== null) {
          ftruncateSync(segment.fd, 0);
          segment.bytes = 0;
        } else if (segment !== deferredActive) {
          remove(segment);
        }
      } catch (error) {
        options.onError?.(error);
      }
    },

    takeDeferred() {
      if (deferredActive !== null) finish(deferredActive);
      deferredActive = null;
      const taken = deferred;
      deferred = [];
      return taken;
    },

    adopt() {
      const taken: Segment[] = [];
      try {
        ensurePrivateDirectory(directory);
        for (const name of readdirSync(directory)) {
          const owner = ownerOf(name);
          const path = join(directory, name);
          if (owner === null || !isOrphan(owner, self, idleMsOf(path))) continue;
          const segment = claim(path);
          if (segment !== null) taken.push(segment);
        }
      } catch (error) {
        options.onError?.(error);
      }
      return taken;
    },

    read(segment) {
      const records = parseLines(segment);
      segment.unacknowledged = records.length;
      if (records.length === 0) remove(segment);
      return records;
    },

    touch() {
      const seconds = now() / 1000;
      for (const { path } of segments) {
        try {
          utimesSync(path, seconds, seconds);
        } catch {
          // Deleted by hand: nothing to keep.
        }
      }
    },

    close() {
      for (const segment of segments) {
        finish(segment);
        if (segment.unacknowledged === 0 && !deferred.includes(segment)) remove(segment);
      }
      active = null;
      deferredActive = null;
    },
  };

  function writable(isDeferred: boolean): Segment | null {
    const current = isDeferred ? deferredActive : active;
    if (current !== null && current.bytes < segmentBytes) return current;
    if (current !== null) {
      finish(current);
      if (!isDeferred) active = null;
    }
    ensurePrivateDirectory(directory);
    if (directoryBytes() + segmentBytes > maxBytes) return null;
    const path = nextPath();
    const opened: Segment = { path, fd: openSync(path, 'ax', 0o600), bytes: 0, unacknowledged: 0 };
    segments.add(opened);
    if (isDeferred) {
      deferredActive = opened;
      deferred.push(opened);
    } else {
      active = opened;
    }
    return opened;
  }

  function abandon(isDeferred: boolean): void {
    const broken = isDeferred ? deferredActive : active;
    if (broken === null) return;
    if (isDeferred) deferredActive = null;
    else active = null;
    if (broken.unacknowledged === 0 && !isDeferred) remove(broken);
    else finish(broken);
  }

  function nextPath(): string {
    sequence += 1;
    return join(directory, fileNameOf(self, sequence));
  }

  /** @returns null where another process was faster. */
  function claim(path: string): Segment | null {
    const mine = nextPath();
    try {
      renameSync(path, mine);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
    const segment: Segment = { path: mine, fd: null, bytes: statSync(mine).size, unacknowledged: 0 };
    segments.add(segment);
    return segment;
  }

  function parseLines(segment: Segment): EncodedRecord[] {
    let text: string;
    try {
      text = readFileSync(segment.path, 'utf8');
    } catch (error) {
      options.onError?.(error);
      return [];
    }
    return text.split('\n').flatMap((line) => {
      const record = parseLine(line);
      return record === null ? [] : [record];
    });
  }

  function directoryBytes(): number {
    let total = 0;
    for (const name of readdirSync(directory)) {
      try {
        if (ownerOf(name) !== null) total += statSync(join(directory, name)).size;
      } catch {
        // Acknowledged and deleted by its owner meanwhile.
      }
    }
    return total;
  }

  function idleMsOf(path: string): number {
    try {
      return now() - statSync(path).mtimeMs;
    } catch {
      return 0;
    }
  }

  function finish(segment: Segment): void {
    if (segment.fd === null) return;
    closeSync(segment.fd);
    segment.fd = null;
  }

  function remove(segment: Segment): void {
    finish(segment);
    segments.delete(segment);
    try {
      unlinkSync(segment.path);
    } catch {
      // Gone already.
    }
  }
}

function parseLine(line: string): EncodedRecord | null {
  if (line === '') return null;
  try {
    const { resource, logRecord } = JSON.parse(line) as { resource?: unknown; logRecord?: unknown };
    if (typeof resource !== 'object' || typeof logRecord !== 'object' || resource === null || logRecord === null)
      return null;
    return { resource: JSON.stringify(resource), logRecord: JSON.stringify(logRecord) };
  } catch {
    return null;
  }
}
