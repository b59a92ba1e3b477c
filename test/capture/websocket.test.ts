/** What is said over WebSockets: one record a turn, and nothing that either side could notice. */
import { createHostMap, readExchange } from '@wiretally/usage';
import type { HostMap, Reading } from '@wiretally/usage';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AUDIO, startRealtimeServer } from './realtime-server.fixture.ts';
import type { RealtimeServer } from './realtime-server.fixture.ts';
import { text, watch } from './watch.fixture.ts';
import type { Watch } from './watch.fixture.ts';
import { SOCKET_CLIENTS } from './websocket-clients.fixture.ts';
import type { SocketClient, Talk } from './websocket-clients.fixture.ts';

const ASK = '{"type":"response.create","event_id":"q1"}';
const ask = (what: string) => JSON.stringify({ type: 'response.create', do: what });

let server: RealtimeServer;
let map: HostMap;
let watched: Watch | undefined;
afterEach(() => watched?.stop());

function observe(provider: string): Watch {
  map = createHostMap({ hosts: { [server.host]: provider } });
  return (watched = watch({ hosts: [], map }));
}

/** Readings of the turns: the upgrade itself leaves none. */
async function readings(count: number): Promise<Reading[]> {
  await expect.poll(() => watched!.calls.filter(({ exchange }) => exchange !== null).length).toBe(count);
  await watched!.ended();
  return watched!.calls.flatMap(({ exchange }) => (exchange === null ? [] : [readExchange(exchange, { hosts: map })!]));
}

async function until(talk: Talk, type: string): Promise<string[]> {
  const all: string[] = [];
  while (!all.some((message) => message.includes(`"${type}"`))) all.push(await talk.next());
  return all;
}

/** Everything that is said, which is the same with and without us. */
async function converse({ open, joinsFragments }: SocketClient): Promise<string[]> {
  const talk = await open(`ws://${server.host}/v1/realtime?model=gpt-realtime`);
  const said: string[] = [await talk.next()];
  talk.send(JSON.stringify({ type: 'input_audio_buffer.append', audio: AUDIO }));
  talk.send(Buffer.alloc(70_000, 7));
  talk.send(ASK);
  said.push(...(await until(talk, 'response.done')));
  talk.send(joinsFragments ? ask('fragments') : ASK);
  said.push(...(await until(talk, 'response.done')));
  talk.close();
  return [...said, ...(await talk.rest())];
}

describe.each([true, false])('with compression on the server: %s', (compress) => {
  beforeAll(async () => {
    server = await startRealtimeServer({ compress });
  });
  afterAll(() => server.close());

  it.each(SOCKET_CLIENTS)('$name: each turn is a record, and nothing is changed', async (client) => {
    server.heard.length = 0;
    const alone = await converse(client);
    const heardAlone = server.heard.splice(0);
    observe('openai');
    expect(await converse(client)).toEqual(alone);
    expect(server.heard).toEqual(heardAlone);

    const turns = await readings(2);
    expect(turns[0]).toMatchObject({
      provider: 'openai',
      operation: 'realtime',
      kind: 'call',
      requestModel: 'gpt-realtime',
      responseModel: 'gpt-realtime',
      responseId: 'resp_1',
      tokens: { input: 10, output: 5, total: 15 },
      finishReasons: ['completed'],
      errorType: null,
      usageSource: 'stream-final',
      rateLimits: [{ name: 'tokens', limit: 100, remaining: 99 }],
    });
    expect(turns[1]).toMatchObject({ responseId: 'resp_2', tokens: { input: 20, output: 5 } });
    expect(watched!.capture.counters).toMatchObject({
      seen: 3,
      emitted: 2,
      inFlight: 0,
      dropped: { session: 1 },
      errors: {},
    });
  });

  it.each(SOCKET_CLIENTS)('$name: a connection that is lost within a turn leaves it aborted', async ({ open }) => {
    observe('openai');
    const talk = await open(`ws://${server.host}/v1/realtime?model=gpt-realtime`);
    talk.send(ask('stall'));
    await until(talk, 'response.output_audio.delta');
    server.sockets.at(-1)!.destroy();
    await talk.rest();
    const [turn, ...others] = await readings(1);
    expect(others).toEqual([]);
    expect(turn).toMatchObject({
      requestModel: 'gpt-realtime',
      usageSource: 'missing',
      usageMissingReason: 'aborted',
      errorClass: 'aborted',
    });
  });
});

describe('a session', () => {
  const [global] = SOCKET_CLIENTS as [SocketClient];
  beforeAll(async () => {
    server = await startRealtimeServer({ compress: false });
  });
  afterAll(() => server.close());

  it('of Gemini Live has one record a turn, whenever its usage comes', async () => {
    observe('gemini');
    const talk = await global.open(
      `ws://${server.host}/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent?key=secret`,
    );
    talk.send('{"setup":{"model":"models/gemini-live-2.5-flash","systemInstruction":{"parts":[{"text":"be brief"}]}}}');
    await talk.next();
    talk.send('{"realtimeInput":{"audio":{"data":"AAAA","mimeType":"audio/pcm"}}}');
    const turn = '{"clientContent":{"turns":[{"parts":[{"text":"hi"}]}],"turnComplete":true}}';
    for (let i = 0; i < 3; i += 1) {
      talk.send(turn);
      await until(talk, 'usageMetadata');
    }
    talk.close();
    await talk.rest();
    const turns = await readings(3);
    expect(turns.map(({ tokens }) => [tokens.input, tokens.output])).toEqual([
      [100, 7],
      [200, 7],
      [300, 7],
    ]);
    expect(turns[2]).toMatchObject({ requestModel: 'gemini-live-2.5-flash', operation: 'realtime', errorType: null });
  });

  it('keeps no word of what was said', async () => {
    observe('openai');
    const talk = await global.open(`ws://${server.host}/v1/realtime?model=gpt-realtime`);
    talk.send(JSON.stringify({ type: 'response.create', response: { instructions: 'secret '.repeat(100) } }));
    await until(talk, 'response.done');
    talk.close();
    await readings(1);
    const { request, response } = watched!.calls.at(-1)!.exchange!;
    expect(text(request.body)).toBe('{"type":"response.create","response":{"instructions":""}}\n');
    expect(text(response!.body)).not.toContain('xxxxx');
    expect(response!.body!.length).toBeLessThan(2000);
  });

  it('whose final message is too long tells that the turn was, and not what it used', async () => {
    observe('openai');
    const talk = await global.open(`ws://${server.host}/v1/realtime?model=gpt-realtime`);
    talk.send(ask('long'));
    await until(talk, 'response.done');
    talk.close();
    const [turn] = await readings(1);
    expect(turn).toMatchObject({ usageMissingReason: 'body-not-seen', errorType: null });
  });

  it('has a record for a refused question, and one for a transcription beside its turns', async () => {
    observe('openai');
    const talk = await global.open(`ws://${server.host}/v1/realtime?model=gpt-realtime`);
    talk.send(ask('refuse'));
    await until(talk, 'error');
    talk.send(ask('transcribe'));
    await until(talk, 'conversation.item.input_audio_transcription.completed');
    talk.close();
    const [refused, turn, transcription] = await readings(3);
    expect(refused).toMatchObject({ errorType: 'conversation_already_has_active_response' });
    expect(turn).toMatchObject({ tokens: { input: 10 }, errorType: null });
    expect(transcription!.parts).toMatchObject([{ kind: 'transcription_tool', units: { audio_seconds: 3 } }]);
  });

  it('without a turn leaves no record', async () => {
    observe('openai');
    const talk = await global.open(`ws://${server.host}/v1/realtime?model=gpt-realtime`);
    await talk.next();
    talk.close();
    await talk.rest();
    await expect.poll(() => watched!.capture.counters.inFlight).toBe(0);
    expect(watched!.capture.counters).toMatchObject({ seen: 1, emitted: 0, dropped: { session: 1 } });
  });

  it('of which no turns are known is one record', async () => {
    observe('deepgram');
    const talk = await global.open(`ws://${server.host}/v1/listen?model=nova-3`);
    talk.send(Buffer.alloc(100_000));
    talk.send('{"type":"CloseStream"}');
    await talk.rest();
    const [call] = await readings(1);
    expect(call).toMatchObject({ operation: 'transcription', units: { audio_seconds: 12.5 }, errorType: null });
    expect(watched!.capture.counters).toMatchObject({ seen: 1, emitted: 1 });
  });

  it.each(SOCKET_CLIENTS)('that is refused is a record, by $name', async ({ open }) => {
    observe('openai');
    const before = server.refused();
    await expect(open(`ws://${server.host}/v1/realtime?model=gpt-realtime&refuse`)).rejects.toThrow('refused');
    // undici 7 and 8 ask again after 401: each attempt is a record.
    const [call] = await readings(server.refused() - before);
    expect(call).toMatchObject({ operation: 'realtime', errorType: expect.any(String) as string });
  });

  it('with somebody else is not looked at', async () => {
    watched = watch({ hosts: [] });
    const talk = await global.open(`ws://${server.host}/v1/realtime`);
    talk.send(ASK);
    await until(talk, 'response.done');
    expect(watched.capture.counters.seen).toBe(0);
    talk.close();
  });

  it('begins no turn after capture was switched off, and ends those under way', async () => {
    observe('openai');
    const talk = await global.open(`ws://${server.host}/v1/realtime?model=gpt-realtime`);
    talk.send(ask('stall'));
    await until(talk, 'response.output_audio.delta');
    watched!.stop();
    talk.send(ASK);
    await until(talk, 'response.done');
    talk.close();
    await talk.rest();
    const [turn] = await readings(1);
    expect(turn).toMatchObject({ usageMissingReason: 'aborted' });
  });
});
