/**
 * Reads docker-compose.yml and says how each service is started as a plain process: the same arguments, environment, mounted files and
 * ports. Only what must differ without containers is changed: addresses (each service's port becomes a free loopback port) and paths
 * (each service gets a folder in place of its file system). So the file cannot drift from what is tested.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

export interface ComposeService {
  readonly image?: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

/** `service:port`, as other services write it, to the loopback port that stands for it. */
export type PortMap = ReadonlyMap<string, number>;

export interface Launch {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The folder that stands for the container's file system. */
  readonly root: string;
}

export function readCompose(file: string): ComposeFile {
  return parse(readFileSync(file, 'utf8')) as ComposeFile;
}

/** A published port as `127.0.0.1:9090:9090`; the last number is the service's own. */
export function containerPorts(service: ComposeService): number[] {
  return (service.ports ?? []).map((port) => Number(port.split(':').at(-1)));
}

/** Puts values in for `${NAME}`, `${NAME:-default}` and `${NAME:?message}`. @throws Error for a required one that is missing */
export function interpolate(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name: string, kind?: string, rest?: string) => {
    const value = values[name];
    if (value !== undefined && value !== '') return value;
    if (kind === '?') throw new Error(`docker-compose.yml needs ${name}: ${rest}`);
    return rest ?? '';
  });
}

export interface LaunchOptions {
  /** Folder of docker-compose.yml. */
  readonly source: string;
  /** Every service gets a folder in it. */
  readonly folder: string;
  readonly ports: PortMap;
  /** What would stand in `.env`. */
  readonly variables: Readonly<Record<string, string>>;
}

export function launchOf(name: string, service: ComposeService, options: LaunchOptions): Launch {
  const root = path.join(options.folder, name);
  const own = containerPorts(service);
  const addresses = (text: string): string => {
    let result = text;
    for (const [address, port] of options.ports) result = replaceAddress(result, address, port);
    for (const port of own) {
      for (const host of ['0.0.0.0', '127.0.0.1', 'localhost']) {
        result = replaceAddress(result, `${host}:${port}`, options.ports.get(`${name}:${port}`) ?? port);
      }
    }
    return result;
  };
  const targets = mount(service, root, options.source, addresses);
  const paths = (text: string): string =>
    targets.reduce(
      (result, target) => result.replaceAll(new RegExp(`(^|=)${escape(target)}(?=/|$)`, 'g'), `$1${root}${target}`),
      text,
    );
  const translate = (text: string): string => paths(addresses(interpolate(text, options.variables)));
  const env = Object.entries(service.environment ?? {}).map(([key, value]) => {
    const ownPort =
      key.endsWith('_PORT') && own.includes(Number(value)) ? options.ports.get(`${name}:${value}`) : undefined;
    return [key, ownPort === undefined ? translate(value).replace(/^0\.0\.0\.0$/, '127.0.0.1') : String(ownPort)];
  });
  return { args: (service.command ?? []).map(translate), env: Object.fromEntries(env) as Record<string, string>, root };
}

/** Makes the mounted files and volumes under `root`. @returns the containers' paths of all mounts */
function mount(service: ComposeService, root: string, source: string, addresses: (text: string) => string): string[] {
  mkdirSync(root, { recursive: true });
  return (service.volumes ?? []).map((volume) => {
    const [from, target] = volume.split(':') as [string, string];
    const place = path.join(root, target);
    mkdirSync(path.dirname(place), { recursive: true });
    if (!from.startsWith('.')) {
      mkdirSync(place, { recursive: true });
      return target;
    }
    const original = path.join(source, from);
    if (!existsSync(original)) throw new Error(`docker-compose.yml mounts ${from}, which does not exist`);
    cpSync(original, place, { recursive: true });
    for (const file of filesIn(place)) writeFileSync(file, addresses(readFileSync(file, 'utf8')));
    return target;
  });
}

function filesIn(place: string): string[] {
  if (statSync(place).isFile()) return [place];
  return readdirSync(place, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(place, name))
    .filter((file) => statSync(file).isFile());
}

function replaceAddress(text: string, address: string, port: number): string {
  return text.replaceAll(new RegExp(`(?<![\\w.-])${escape(address)}(?!\\d)`, 'g'), `127.0.0.1:${port}`);
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
