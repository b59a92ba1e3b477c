/** How a service of docker-compose.yml becomes a plain process. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { interpolate, launchOf } from '../stack/compose.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'wiretally-launch-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('variables', () => {
  test('a set one wins, an empty one counts as missing', () => {
    expect(interpolate('a ${X:-b} ${Y:-c} ${Z}', { X: 'x', Y: '' })).toBe('a x c ');
  });

  test('a required one that is missing is an error with its message', () => {
    expect(() => interpolate('${SECRET:?set it}', {})).toThrow('SECRET: set it');
  });
});

describe('launch', () => {
  mkdirSync(path.join(folder, 'source'));
  writeFileSync(path.join(folder, 'source/app.yml'), 'target: store:7000, self: 127.0.0.1:9000, other: store:70001\n');
  const launch = launchOf(
    'app',
    {
      command: ['--config=/etc/app/app.yml', '--listen=0.0.0.0:9000', '--data=/data', '--empty='],
      environment: {
        HOST: '0.0.0.0',
        APP_PORT: '9000',
        STORE: 'http://store:7000/x',
        TOKEN: '${TOKEN:?}',
        DIR: '/database',
      },
      volumes: ['./app.yml:/etc/app/app.yml:ro', 'data:/data'],
      ports: ['127.0.0.1:9000:9000'],
    },
    {
      source: path.join(folder, 'source'),
      folder: path.join(folder, 'run'),
      ports: new Map([
        ['app:9000', 41000],
        ['store:7000', 42000],
      ]),
      variables: { TOKEN: 't' },
    },
  );

  test('paths lie in a folder of the service, also those within arguments', () => {
    expect(launch.args).toEqual([
      `--config=${launch.root}/etc/app/app.yml`,
      '--listen=127.0.0.1:41000',
      `--data=${launch.root}/data`,
      '--empty=',
    ]);
  });

  test('addresses of services are loopback ports, in the environment and in mounted files', () => {
    expect(launch.env).toEqual({
      HOST: '127.0.0.1',
      APP_PORT: '41000',
      STORE: 'http://127.0.0.1:42000/x',
      TOKEN: 't',
      DIR: '/database',
    });
    expect(readFileSync(path.join(launch.root, 'etc/app/app.yml'), 'utf8')).toBe(
      'target: 127.0.0.1:42000, self: 127.0.0.1:41000, other: store:70001\n',
    );
  });
});
