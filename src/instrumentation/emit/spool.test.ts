import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { aRecord } from './emit.fixture.ts';
import { encodeRecord } from './ledger-record.ts';
import { ensurePrivateDirectory, spoolDirectory } from './spool-directory.ts';
import { fileNameOf, isOrphan, STALE_AFTER_MS, thisOwner } from './spool-owner.ts';
import { createSpool } from './spool.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wiretally-test-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const record = encodeRecord(aRecord());
const files = (): string[] => readdirSync(directory).filter((name) => name.endsWith('.ndjson'));
/** No process has this pid: it is above the kernel's limit. */
const DEAD_PID = 2 ** 22 + 1;
function leave(owner: Partial<ReturnType<typeof thisOwner>>, lines: readonly string[], sequence = 1): string {
  const path = join(directory, fileNameOf({ ...thisOwner(), ...owner }, sequence));
  writeFileSync(path, lines.join(''));
  return path;
}
const LINE = `{"resource":${record.resource},"logRecord":${record.logRecord}}\n`;

describe('segments', () => {
  test('hold a line a record, for this user alone, until the record is acknowledged', () => {
    const spool = createSpool({ directory });
    const segment = spool.append(record, false);
    expect(readFileSync(segment!.path, 'utf8')).toBe(LINE);
    expect(statSync(segment!.path).mode & 0o777).toBe(0o600);
    spool.acknowledge(segment!);
    expect(statSync(segment!.path).size).toBe(0);
    spool.close();
    expect(files()).toEqual([]);
  });

  test('are closed when they are full, and deleted when all of them is acknowledged', () => {
    const spool = createSpool({ directory, segmentBytes: LINE.length * 2 });
    const segments = Array.from({ length: 5 }, () => spool.append(record, false)!);
    expect(files()).toHaveLength(3);
    spool.acknowledge(segments[0]!);
    expect(files()).toHaveLength(3);
    spool.acknowledge(segments[1]!);
    expect(files()).toHaveLength(2);
  });

  test('stop at the limit of the folder, whoever filled it', () => {
    leave({ host: 'elsewhere' }, [LINE.repeat(8)]);
    const spool = createSpool({ directory, segmentBytes: LINE.length * 2, maxBytes: LINE.length * 12 });
    const written = Array.from({ length: 10 }, () => spool.append(record, false)).filter((segment) => segment !== null);
    expect(written).toHaveLength(4);
  });

  test('that cannot be written are reported once a minute, and the caller goes on', () => {
    const errors: unknown[] = [];
    let nowMs = 0;
    rmSync(directory, { recursive: true });
    writeFileSync(directory, 'a file where the folder should be');
    const spool = createSpool({ directory, onError: (error) => errors.push(error), now: () => nowMs });
    expect(spool.append(record, false)).toBeNull();
    expect(spool.append(record, false)).toBeNull();
    expect(errors).toHaveLength(1);
    rmSync(directory);
    nowMs = 61_000;
    expect(spool.append(record, false)).not.toBeNull();
  });
});

describe('taking over', () => {
  test('what a dead process left, once, whichever of two asks', () => {
    leave({ pid: DEAD_PID }, [LINE, LINE]);
    const [one, two] = [createSpool({ directory }), createSpool({ directory })];
    const taken = [...one.adopt(), ...two.adopt()];
    expect(taken).toHaveLength(1);
    expect(one.read(taken[0]!)).toEqual([record, record]);
    one.acknowledge(taken[0]!);
    one.acknowledge(taken[0]!);
    expect(files()).toEqual([]);
  });

  test('what a process with our pid left before it was ours: in a container each start has pid 1', () => {
    leave({ startedAt: 'earlier' }, [LINE]);
    expect(createSpool({ directory }).adopt()).toHaveLength(1);
  });

  test('leaves out a line that a kill cut in the middle, and deletes a file without any', () => {
    leave({ pid: DEAD_PID }, [LINE, LINE.slice(0, 50)]);
    leave({ pid: DEAD_PID }, ['{"resource":'], 2);
    const spool = createSpool({ directory });
    const read = spool.adopt().map((segment) => spool.read(segment).length);
    expect(read.toSorted((a, b) => a - b)).toEqual([0, 1]);
    expect(files()).toHaveLength(1);
  });

  test('nothing of a process that lives', () => {
    leave({ pid: process.ppid, startedAt: '0' }, [LINE]);
    leave({}, [LINE], 99);
    expect(createSpool({ directory }).adopt()).toEqual([]);
  });

  test('of another host or thread only what nobody has touched for long', () => {
    const paths = [leave({ host: 'elsewhere' }, [LINE]), leave({ thread: 7 }, [LINE], 2)];
    const spool = createSpool({ directory });
    expect(spool.adopt()).toEqual([]);
    for (const path of paths) utimesSync(path, 0, 0);
    expect(spool.adopt()).toHaveLength(2);
  });

  test('leaves alone what is no spool’s', () => {
    writeFileSync(join(directory, 'notes.ndjson'), LINE);
    expect(createSpool({ directory }).adopt()).toEqual([]);
    expect(files()).toEqual(['notes.ndjson']);
  });

  test('touching keeps ours from looking abandoned', () => {
    let nowMs = Date.now();
    const spool = createSpool({ directory, now: () => nowMs });
    const { path } = spool.append(record, false)!;
    nowMs += STALE_AFTER_MS * 2;
    spool.touch();
    expect(statSync(path).mtimeMs).toBeCloseTo(nowMs, -3);
    const stranger = { ...thisOwner(), host: 'elsewhere' };
    expect(isOrphan(thisOwner(), stranger, nowMs - statSync(path).mtimeMs)).toBe(false);
  });
});

describe('the folder', () => {
  const endpoint = new URL('http://localhost:4318/v1/logs');

  test('is one an endpoint, so that nothing goes to another ledger than it was meant for', () => {
    const other = new URL('http://elsewhere:4318/v1/logs');
    expect(spoolDirectory({}, endpoint)).not.toBe(spoolDirectory({}, other));
    expect(spoolDirectory({ WIRETALLY_SPOOL_DIR: '/var/spool/x' }, endpoint)).toMatch(
      /^\/var\/spool\/x\/[0-9a-f]{12}$/,
    );
  });

  test('is none where the spool is off', () => {
    expect(spoolDirectory({ WIRETALLY_SPOOL: 'off' }, endpoint)).toBeNull();
  });

  test('is made for this user alone, and refused where it is a link to elsewhere', () => {
    const path = join(directory, 'a', 'b');
    ensurePrivateDirectory(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    mkdirSync(join(directory, 'real'));
    symlinkSync(join(directory, 'real'), join(directory, 'link'));
    expect(() => ensurePrivateDirectory(join(directory, 'link'))).toThrow(/WIRETALLY_SPOOL_DIR/);
  });
});
