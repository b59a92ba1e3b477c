/** Compressed answers: the application gets its bytes, the record the decoded head and tail. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CLIENTS } from './clients.fixture.ts';
import { HTTP_CLIENTS } from './http-clients.fixture.ts';
import { events, startServer, USAGE } from './server.fixture.ts';
import type { TestServer } from './server.fixture.ts';
import { text, watch } from './watch.fixture.ts';
import type { Watch } from './watch.fixture.ts';

let server: TestServer;
let watched: Watch | null = null;

beforeAll(async () => {
  server = await startServer();
});
afterEach(() => {
  watched?.stop();
  watched = null;
});
afterAll(() => server.close());

const CODINGS = ['gzip', 'deflate', 'deflate-raw', 'br', 'zstd'];
const SIMPLE = [
  ...CLIENTS.filter(({ name }) => name === 'global fetch' || / request$/.test(name)),
  ...HTTP_CLIENTS.slice(0, 1),
];

describe.each(SIMPLE.map((client) => [client.name, client] as const))('%s', (_name, client) => {
  it.each(CODINGS.flatMap((coding) => [1, 2, 3].map((seed) => [coding, seed] as const)))(
    'reads a stream in %s, cut at random places (seed %i)',
    async (coding, seed) => {
      watched = watch({ hosts: [server.host] });
      const url = `${server.origin}/encoded?sse&encoding=${coding}&seed=${seed}&size=3000`;
      const answer = await client.send(url);
      const { response } = (await watched.only()).exchange!;
      const all = events(3000);
      expect(response!.body).toMatchObject({ length: all.length, complete: true });
      expect(Buffer.from(response!.body!.head).toString()).toBe(all.slice(0, 4096));
      expect(Buffer.from(response!.body!.tail).toString()).toBe(all.slice(-32_768));
      // The fetch of Node 22 does not know zstd; we do.
      if (client.isFetch && coding !== 'zstd') expect(answer.body.toString()).toBe(all);
    },
  );

  it.each(CODINGS)('reads a small JSON body in %s', async (coding) => {
    watched = watch({ hosts: [server.host] });
    await client.send(`${server.origin}/encoded?encoding=${coding}&size=900`);
    const { response } = (await watched.only()).exchange!;
    expect(text(response!.body)).toBe(`{"x":"${'y'.repeat(900)}",${USAGE.slice(1)}`);
    expect(response!.body!.complete).toBe(true);
  });

  it('says that a body is not complete which is not what its header says', async () => {
    watched = watch({ hosts: [server.host] });
    await client.send(`${server.origin}/lies`).catch(() => {});
    expect((await watched.only()).exchange!.response!.body).toMatchObject({ length: 0, complete: false });
  });
});
