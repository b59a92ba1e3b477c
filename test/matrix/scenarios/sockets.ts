/** Sessions over WebSockets, with OpenAI's and Gemini's events. A record is a turn. */
import type { App } from '../app/app.ts';
import type { Talk } from '../app/socket-clients.ts';
import type { RecordMatch, Scenario } from '../scenario.ts';
import type { ServerSession } from '../wire/session.ts';
import { answerError } from './wire-answers.ts';

const PATH = '/v1/realtime?model=gpt-realtime';
const ASK = JSON.stringify({ type: 'response.create', event_id: 'q' });
const AUDIO = 'A'.repeat(60_000);
const TURN: RecordMatch = { status: 101, output: 5, usageMissingReason: null, errorClass: null };
const LOST: RecordMatch = { input: null, output: null, usageSource: 'missing', usageMissingReason: 'aborted' };

type Told = Readonly<Record<string, unknown>>;
interface Manner {
  /** Length of the pieces in which a turn's last message comes. */
  readonly pieceLength?: number;
  /** How much audio comes in a turn. */
  readonly audio?: string;
}

/** Answers each question; the n-th turn takes 10 × n tokens and gives 5. */
async function realtime(session: ServerSession, { pieceLength, audio = AUDIO }: Manner = {}): Promise<void> {
  const tell = (event: Told, length?: number): void => session.tell(JSON.stringify(event), length);
  // At once, so that it comes in the same packet as the answer's head.
  tell({ type: 'session.created', session: { id: 'sess_1', model: 'gpt-realtime' } });
  for (let turn = 0, text = await session.heard(); text !== null; text = await session.heard()) {
    if ((JSON.parse(text) as Told)['type'] !== 'response.create') continue;
    turn += 1;
    const id = `resp_${turn}`;
    tell({ type: 'response.created', response: { id, status: 'in_progress' } });
    tell({ type: 'response.output_audio.delta', response_id: id, delta: audio });
    const usage = { total_tokens: turn * 10 + 5, input_tokens: turn * 10, output_tokens: 5 };
    tell({ type: 'response.done', response: { id, status: 'completed', output: [], usage } }, pieceLength);
    // By which a client that hands out pieces one by one knows that it has them all.
    if (pieceLength !== undefined) tell({ type: 'session.updated' });
  }
}

/** Begins a turn and says that it has. */
async function begun(session: ServerSession): Promise<void> {
  session.tell(JSON.stringify({ type: 'session.created', session: { id: 'sess_1', model: 'gpt-realtime' } }));
  await session.heard();
  session.tell(JSON.stringify({ type: 'response.created', response: { id: 'resp_1', status: 'in_progress' } }));
}

async function until(talk: Talk, type: string): Promise<void> {
  for (let text = await talk.next(); text !== null; text = await talk.next()) if (text.includes(`"${type}"`)) return;
}

async function toTheEnd(talk: Talk): Promise<void> {
  while ((await talk.next()) !== null);
}

/** @param atOpen where the first question is asked by the listener of `open`. */
async function turns(app: App, count: number, atOpen?: string): Promise<void> {
  const talk = await app.talk(PATH, atOpen);
  if (talk === null) return;
  if (atOpen !== undefined) await until(talk, 'response.done');
  talk.send(JSON.stringify({ type: 'session.update', session: { type: 'realtime', instructions: 'be brief' } }));
  for (let turn = 0; turn < count; turn += 1) {
    talk.send(ASK);
    await until(talk, 'response.done');
  }
  talk.close(1000, 'enough');
  await toTheEnd(talk);
}

const noRequests = (): void => {};
const tenTwentyThirty: readonly RecordMatch[] = [10, 20, 30].map((input) => ({ ...TURN, input }));

/** A turn that is begun and not brought to its end. */
function brokenOff(name: string, end: (session: ServerSession) => void, leave: (talk: Talk) => void): Scenario {
  return {
    name,
    socket: true,
    serve: noRequests,
    async upgrade(exchange) {
      const session = await exchange.accept(false);
      await begun(session);
      end(session);
    },
    async play(app) {
      const talk = await app.talk(PATH);
      if (talk === null) return;
      await until(talk, 'session.created');
      talk.send(ASK);
      await until(talk, 'response.created');
      leave(talk);
      await toTheEnd(talk);
    },
    records: () => ({ count: 1, each: [LOST] }),
  };
}

export const sockets: readonly Scenario[] = [
  {
    name: 'turns',
    socket: true,
    serve: noRequests,
    upgrade: async (exchange) => realtime(await exchange.accept(false)),
    play: (app) => turns(app, 3),
    records: () => ({ count: 3, each: tenTwentyThirty }),
  },
  {
    name: 'turns-compressed',
    socket: true,
    serve: noRequests,
    upgrade: async (exchange) => realtime(await exchange.accept(true)),
    async play(app) {
      const { forceFlush } = await import('@wiretally/instrumentation');
      await turns(app, 3);
      // Messages are inflated by zlib's threads, for which `process.exit()` does not wait.
      await forceFlush();
    },
    records: () => ({ count: 3, each: tenTwentyThirty }),
  },
  {
    name: 'turn-in-pieces',
    socket: true,
    serve: noRequests,
    upgrade: async (exchange) => realtime(await exchange.accept(false), { pieceLength: 7 }),
    // undici 5 gives pieces of a text to the application as `null`, with us and without.
    async play(app) {
      const talk = await app.talk(PATH);
      if (talk === null) return;
      talk.send(ASK);
      await until(talk, 'session.updated');
      talk.close();
      await toTheEnd(talk);
    },
    records: () => ({ count: 1, each: [{ ...TURN, input: 10 }] }),
  },
  {
    name: 'turn-of-3-mib',
    socket: true,
    serve: noRequests,
    upgrade: async (exchange) => realtime(await exchange.accept(false), { audio: 'A'.repeat(3 * 1024 * 1024) }),
    play: (app) => turns(app, 2),
    records: () => ({ count: 2, each: tenTwentyThirty }),
  },
  {
    name: 'asked-at-open',
    socket: true,
    serve: noRequests,
    upgrade: async (exchange) => realtime(await exchange.accept(false)),
    play: (app) => turns(app, 1, ASK),
    // What is sent within the first `open` listener of undici's own packages is not always seen.
    records: () => ({ count: [1, 2], each: [TURN] }),
  },
  {
    name: 'gemini-in-bytes',
    socket: true,
    provider: 'gemini',
    serve: noRequests,
    async upgrade(exchange) {
      const session = await exchange.accept(false);
      const tell = (event: Told): void => session.tell(Buffer.from(JSON.stringify(event)));
      for (let text = await session.heard(); text !== null; text = await session.heard()) {
        if (text.includes('"setup"')) tell({ setupComplete: {} });
        if (!text.includes('"clientContent"')) continue;
        tell({ serverContent: { modelTurn: { parts: [{ inlineData: { mimeType: 'audio/pcm', data: AUDIO } }] } } });
        const usageMetadata = { promptTokenCount: 10, responseTokenCount: 5, totalTokenCount: 15 };
        tell({ serverContent: { turnComplete: true }, usageMetadata });
      }
    },
    async play(app) {
      const talk = await app.talk('/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent');
      if (talk === null) return;
      talk.send('{"setup":{"model":"models/gemini-live-2.5-flash"}}');
      await until(talk, 'setupComplete');
      talk.send(new Uint8Array(Buffer.from('{"clientContent":{"turns":[],"turnComplete":true}}')));
      await until(talk, 'turnComplete');
      talk.close();
      await toTheEnd(talk);
    },
    records: () => ({ count: 1, each: [{ ...TURN, input: 10 }] }),
  },
  brokenOff('left-in-a-turn', noRequests, (talk) => talk.close(1000, 'enough')),
  brokenOff('closed-in-a-turn', (session) => session.close(1011, 'the server is tired'), noRequests),
  brokenOff('cut-in-a-turn', (session) => session.terminate(), noRequests),
  { ...brokenOff('exit-in-a-turn', noRequests, () => process.exit(7)), exit: '7' },
  {
    name: 'no-turn',
    socket: true,
    serve: noRequests,
    upgrade: async (exchange) => realtime(await exchange.accept(false)),
    play: (app) => turns(app, 0),
    records: () => ({ count: 0, each: [] }),
  },
  {
    name: 'upgrade-refused',
    socket: true,
    // The server knows no upgrades, and answers as it answers any request.
    serve: (exchange) => answerError(exchange, 401),
    async play(app) {
      await app.talk(PATH);
    },
    // undici from 7 on asks again after 401.
    records: () => ({ count: 'served', each: [{ status: 401, input: null }] }),
  },
  {
    name: 'socket-never-connected',
    socket: true,
    target: 'refused',
    serve: noRequests,
    async play(app) {
      await app.talk(PATH);
    },
    records: () => ({ count: [0, 1], each: [{ status: null, errorClass: 'connection' }] }),
  },
  {
    name: 'sessions-of-16-users',
    socket: true,
    serve: noRequests,
    upgrade: async (exchange) => realtime(await exchange.accept(false)),
    async play(app) {
      const { withUsageContext } = await import('@wiretally/instrumentation');
      app.beSilent();
      await Promise.all(
        Array.from({ length: 16 }, (_, n) =>
          withUsageContext({ user: `user-${n}`, session: `session-${n}` }, () => turns(app, 2)),
        ),
      );
    },
    records: () => ({
      count: 32,
      each: [TURN],
      together: (records) => {
        const users = new Set(records.map(({ userId, sessionId }) => `${userId} ${sessionId}`));
        return users.size === 16 && !users.has('null null')
          ? []
          : [`turns of ${users.size} users instead of 16: ${[...users].join()}`];
      },
    }),
  },
  {
    name: 'socket-not-an-ai-host',
    socket: true,
    target: 'not-mapped',
    serve: noRequests,
    upgrade: async (exchange) => realtime(await exchange.accept(true)),
    play: (app) => turns(app, 1),
    records: () => ({ count: 0, each: [] }),
  },
  {
    name: 'socket-broken-observer',
    socket: true,
    serve: noRequests,
    upgrade: async (exchange) => realtime(await exchange.accept(true)),
    play: (app) => turns(app, 2),
    brokenObserver: true,
    records: () => ({ count: 0, each: [] }),
  },
];
