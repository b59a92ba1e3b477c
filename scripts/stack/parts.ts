/** The programs of the stack: which version, and how it is built from its public Go modules. */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from './cache.ts';
import { run } from './go.ts';

/** Programs that tests and `npm run stack` start. */
export type Program = 'otelcol' | 'prometheus' | 'promtool' | 'alertmanager' | 'compose-spec';

/** One thing to build; it may give more than one program. */
export interface Part {
  readonly name: string;
  /** The module's version; docker-compose.yml pins the same one (a test compares). */
  readonly version: string;
  readonly programs: readonly Program[];
  /** Builds into `folder`, an empty folder of its own, and leaves each program there under its name. */
  build(folder: string): void;
  /** What beside the version makes a built program stale. */
  readonly inputs: readonly string[];
}

const collectorVersion = '0.158.0';
const prometheusModule = 'github.com/prometheus/prometheus';
const manifest = path.join(repositoryRoot, 'otel-collector/builder.yaml');

const collector: Part = {
  name: 'collector',
  version: collectorVersion,
  programs: ['otelcol'],
  inputs: [manifest],
  build(folder) {
    run('go', ['install', `go.opentelemetry.io/collector/cmd/builder@v${collectorVersion}`], folder, { GOBIN: folder });
    run(path.join(folder, 'builder'), ['--config', manifest], folder);
    copyFileSync(path.join(folder, 'otelcol/otelcol-wiretally'), path.join(folder, 'otelcol.built'));
    rmSync(path.join(folder, 'otelcol'), { recursive: true });
    renameSync(path.join(folder, 'otelcol.built'), path.join(folder, 'otelcol'));
  },
};

/**
 * Prometheus' module has replace directives, so `go install module@version` refuses: it is a tool of a small module instead.
 * `remove_all_sd` leaves out the cloud providers' service discovery, which is most of the build; static and file targets stay.
 */
const prometheus: Part = {
  name: 'prometheus',
  version: '0.315.0',
  programs: ['prometheus', 'promtool'],
  inputs: [],
  build(folder) {
    writeFileSync(path.join(folder, 'go.mod'), 'module stack\n\ngo 1.25\n');
    const commands = ['prometheus', 'promtool'].map((name) => `${prometheusModule}/cmd/${name}`);
    run('go', ['get', '-tool', ...commands.map((command) => `${command}@v${this.version}`)], folder);
    for (const command of commands) {
      run('go', ['build', '-tags', 'remove_all_sd', '-o', path.join(folder, path.basename(command)), command], folder);
    }
  },
};

/** 0.32 and later need a web interface that is built with other tools first. */
const alertmanager: Part = {
  name: 'alertmanager',
  version: '0.31.1',
  programs: ['alertmanager'],
  inputs: [],
  build(folder) {
    run('go', ['install', `github.com/prometheus/alertmanager/cmd/alertmanager@v${this.version}`], folder, {
      GOBIN: folder,
    });
  },
};

/**
 * The reference loader of Compose files, which `docker compose config` is made of: reads, interpolates, checks the schema and that
 * names fit together. It needs no container engine.
 */
const composeSpec: Part = {
  name: 'compose-spec',
  version: '2.16.2',
  programs: ['compose-spec'],
  inputs: [],
  build(folder) {
    run('go', ['install', `github.com/compose-spec/compose-go/v2/cmd@v${this.version}`], folder, { GOBIN: folder });
    renameSync(path.join(folder, 'cmd'), path.join(folder, 'compose-spec'));
  },
};

export const parts: readonly Part[] = [collector, prometheus, alertmanager, composeSpec];

/** Where a program of a part is, or will be: the name changes with the version and with what it is built from. */
export function programPath(part: Part, program: Program, cache: string): string {
  const hash = createHash('sha256');
  for (const input of part.inputs) hash.update(readFileSync(input));
  const suffix = part.inputs.length === 0 ? '' : `-${hash.digest('hex').slice(0, 8)}`;
  return path.join(cache, 'bin', `${program}-${part.version}${suffix}`);
}

/** True when every program of the part is in the cache. */
export function isBuilt(part: Part, cache: string): boolean {
  return part.programs.every((program) => existsSync(programPath(part, program, cache)));
}

/** Builds a part in a folder of its own and moves its programs into place at the end, so that a broken build leaves none. */
export function buildPart(part: Part, cache: string): void {
  const folder = path.join(cache, 'build', `${part.name}-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  mkdirSync(path.join(cache, 'bin'), { recursive: true });
  try {
    part.build(folder);
    for (const program of part.programs) renameSync(path.join(folder, program), programPath(part, program, cache));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
