import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { logs } from '@opentelemetry/api';
import type { LogRecord } from '@opentelemetry/api';
import type { Exchange, UsageRecord } from '@wiretally/usage';
import { recordToAttributes, wholeBody } from '@wiretally/usage';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { contentSettings } from './content-settings.ts';
import type { ContentOptions } from './content-settings.ts';
import { aCall, anExchange, aProvider, aReading, hostsOf, memorySdk, within } from './emit.fixture.ts';
import type { MemorySdk } from './emit.fixture.ts';
import { encodeRecord } from './ledger-record.ts';
import { createCallObserver } from './observer.ts';

const TIMING = { durationMs: 1500, timeToFirstChunkMs: 300 };
const PROMPT = 'the private prompt';
const ANSWER = 'the private answer';
const VARIABLE = 'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT';

function aTalk(prompt = PROMPT): Exchange {
  const asked = {
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: prompt },
    ],
  };
  const answered = { choices: [{ index: 0, message: { role: 'assistant', content: ANSWER }, finish_reason: 'stop' }] };
  const exchange = anExchange();
  return {
    request: { ...exchange.request, body: wholeBody(JSON.stringify(asked)) },
    response: { status: 200, headers: {}, body: wholeBody(JSON.stringify(answered)) },
  };
}

let emitted: LogRecord[];
beforeEach(() => {
  emitted = [];
  logs.setGlobalLoggerProvider({
    getLogger: () => ({ emit: (record) => void emitted.push(record), enabled: () => true }),
  });
});
afterEach(() => logs.disable());

function setUp(
  options: ContentOptions & {
    environment?: Record<string, string>;
    sdk?: MemorySdk;
    provider?: ReturnType<typeof aProvider>;
  } = {},
) {
  const { environment = {}, sdk = memorySdk(), provider = aProvider(), ...rest } = options;
  const records: UsageRecord[] = [];
  const failures: unknown[] = [];
  const problems: string[] = [];
  const observer = createCallObserver({
    tracer: sdk.tracer,
    meter: sdk.meter,
    hosts: hostsOf(provider),
    sink: (record) => records.push(record),
    content: contentSettings(rest, environment, (problem) => problems.push(problem)),
    redactionFailed: (error) => failures.push(error),
  });
  const call = (exchange = aTalk(), active = ROOT_CONTEXT): void =>
    observer.start(aCall(provider, active))?.end(exchange, TIMING);
  const attributes = () => sdk.spans.getFinishedSpans()[0]?.attributes ?? {};
  return { call, attributes, records, failures, problems, sdk };
}

const everything = async ({ attributes, records, sdk }: ReturnType<typeof setUp>): Promise<string> =>
  JSON.stringify([attributes(), records, await sdk.metrics(), emitted]);

describe('what was said', () => {
  test('is nowhere, unless somebody asks', async () => {
    for (const environment of [{}, { [VARIABLE]: '' }, { [VARIABLE]: 'false' }, { [VARIABLE]: 'no_content' }]) {
      const found = setUp({ environment });
      found.call();
      expect(await everything(found)).not.toMatch(/private|Be brief/);
    }
  });

  test('is on the span, as JSON in the conventions’ shape, where the standard variable says so', () => {
    for (const environment of [{ [VARIABLE]: 'SPAN_ONLY' }, { [VARIABLE]: ' span_only ' }, { [VARIABLE]: 'true' }]) {
      const { call, attributes } = setUp({ environment });
      call();
      const { 'gen_ai.input.messages': input, 'gen_ai.output.messages': output } = attributes();
      expect(JSON.parse(String(input))).toEqual([
        { role: 'system', parts: [{ type: 'text', content: 'Be brief.' }] },
        { role: 'user', parts: [{ type: 'text', content: PROMPT }] },
      ]);
      expect(JSON.parse(String(output))).toEqual([
        { role: 'assistant', parts: [{ type: 'text', content: ANSWER }], finish_reason: 'stop' },
      ]);
      expect(attributes()).not.toHaveProperty('wiretally.content.truncated');
      expect(emitted).toEqual([]);
    }
  });

  test('is on an event, structured and with the span’s ids, where that is asked for', () => {
    const { call, attributes, sdk } = setUp({ environment: { [VARIABLE]: 'EVENT_ONLY' } });
    call();
    expect(JSON.stringify(attributes())).not.toContain('private');
    expect(emitted).toHaveLength(1);
    expect(emitted[0]).toMatchObject({
      eventName: 'gen_ai.client.inference.operation.details',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.usage.input_tokens': 1000,
        'server.address': 'api.example.test',
        'gen_ai.output.messages': [{ role: 'assistant', parts: [{ type: 'text', content: ANSWER }] }],
      },
    });
    const ids = sdk.spans.getFinishedSpans()[0]?.spanContext();
    expect(trace.getSpanContext(emitted[0]?.context ?? ROOT_CONTEXT)?.spanId).toBe(ids?.spanId);
    expect(Object.keys(emitted[0]?.attributes ?? {}).filter((name) => /user|session|wiretally/.test(name))).toEqual([]);
  });

  test('is on both, and the code’s option wins over the variable', () => {
    const { call, attributes } = setUp({
      captureMessageContent: 'SPAN_AND_EVENT',
      environment: { [VARIABLE]: 'false' },
    });
    call();
    expect(JSON.stringify(attributes())).toContain(ANSWER);
    expect(JSON.stringify(emitted)).toContain(ANSWER);
    const off = setUp({ captureMessageContent: false, environment: { [VARIABLE]: 'true' } });
    off.call();
    expect(JSON.stringify(off.attributes())).not.toContain('private');
  });

  test('is nowhere where the variable says something else, which is told', () => {
    const { call, attributes, problems } = setUp({ environment: { [VARIABLE]: 'yes' } });
    call();
    expect(JSON.stringify(attributes())).not.toContain('private');
    expect(problems).toEqual([expect.stringContaining(`${VARIABLE} is none of NO_CONTENT, SPAN_ONLY`)]);
  });

  test('is never on the ledger’s record, in its encoding, or on a metric', async () => {
    const { call, records, sdk } = setUp({ captureMessageContent: 'SPAN_AND_EVENT' });
    call();
    const [record] = records;
    expect(record).toBeDefined();
    expect(JSON.stringify([record, recordToAttributes(record!), encodeRecord(record!)])).not.toMatch(
      /private|Be brief/,
    );
    expect(JSON.stringify(await sdk.metrics())).not.toMatch(/private|Be brief/);
  });

  test('of embeddings, and of answers that repeat a call, is not captured', () => {
    for (const reading of [aReading({ operation: 'embeddings' }), aReading({ kind: 'restated' })]) {
      const { call } = setUp({ captureMessageContent: 'EVENT_ONLY', provider: aProvider(() => reading) });
      call();
      expect(emitted).toEqual([]);
    }
  });

  test('goes to another instrumentation’s span where that lacks it, and on no event beside', () => {
    const sdk = memorySdk();
    const { call } = setUp({ captureMessageContent: 'SPAN_AND_EVENT', sdk });
    const attributes = { 'gen_ai.operation.name': 'chat', 'gen_ai.input.messages': 'theirs' };
    const theirs = sdk.tracer.startSpan('chat', { attributes });
    call(aTalk(), within(theirs));
    theirs.end();
    const [span] = sdk.spans.getFinishedSpans();
    expect(span?.attributes['gen_ai.input.messages']).toBe('theirs');
    expect(span?.attributes['gen_ai.output.messages']).toContain(ANSWER);
    expect(emitted).toEqual([]);
  });

  test('is not read for a span that is not sampled', () => {
    let redacted = 0;
    const { call, records } = setUp({
      captureMessageContent: 'SPAN_ONLY',
      sdk: memorySdk({ sampled: false }),
      redactContent: (content) => {
        redacted += 1;
        return content;
      },
    });
    call();
    expect([redacted, records.length]).toEqual([0, 1]);
  });
});

describe('the bound', () => {
  test('of each attribute is the option’s, the variable’s, or 65,536 characters, and what is cut says so', () => {
    const long = aTalk('x'.repeat(200_000));
    for (const [options, bound] of [
      [{}, 65_536],
      [{ environment: { WIRETALLY_CONTENT_MAX_CHARACTERS: '5000' } }, 5_000],
      [{ environment: { WIRETALLY_CONTENT_MAX_CHARACTERS: 'much' } }, 65_536],
      [{ contentMaxCharacters: 300 }, 300],
    ] as const) {
      const { call, attributes } = setUp({ captureMessageContent: true, ...options });
      call(long);
      const input = String(attributes()['gen_ai.input.messages']);
      expect(input.length).toBeLessThanOrEqual(bound);
      expect(input.length).toBeGreaterThan(bound * 0.7);
      expect(attributes()['wiretally.content.truncated']).toBe(true);
    }
  });
});

describe('the redaction', () => {
  test('gets all that was read and the call, and decides what goes out', () => {
    const seen: unknown[] = [];
    const { call, attributes } = setUp({
      captureMessageContent: 'SPAN_AND_EVENT',
      contentMaxCharacters: 200,
      redactContent: (content, record) => {
        seen.push(record.requestModel, JSON.stringify(content).includes('secret at the end'));
        return { ...content, inputMessages: [], outputMessages: [{ role: 'assistant', parts: [] }] };
      },
    });
    call(aTalk(`${'x'.repeat(10_000)} secret at the end`));
    expect(seen).toEqual(['gpt-4o-mini', true]);
    expect(attributes()).not.toHaveProperty('gen_ai.input.messages');
    expect(attributes()['gen_ai.output.messages']).toBe('[{"role":"assistant","parts":[]}]');
    expect(JSON.stringify(emitted)).not.toContain('private');
  });

  test('that returns null lets nothing out', () => {
    const { call, attributes, failures } = setUp({ captureMessageContent: true, redactContent: () => null });
    call();
    expect(Object.keys(attributes()).filter((name) => /messages|instructions/.test(name))).toEqual([]);
    expect(failures).toEqual([]);
  });

  test('that throws, or returns something else, lets nothing out; the call is recorded, and the failure told', async () => {
    const broken = [
      () => {
        throw new RangeError(`broke at ${PROMPT}`);
      },
      () => undefined,
      () => Promise.resolve(null),
      () => ({ inputMessages: PROMPT }),
    ] as unknown as ContentOptions['redactContent'][];
    for (const redactContent of broken) {
      const found = setUp({ captureMessageContent: 'SPAN_AND_EVENT', redactContent });
      found.call();
      expect(await everything(found)).not.toContain('private');
      expect(found.failures).toHaveLength(1);
      expect([found.records.length, found.attributes()['gen_ai.usage.input_tokens']]).toEqual([1, 1000]);
    }
  });
});
