/** `wiretally explain` and its endpoint: from a stored call to the lines of its bill. */
import { createPriceBook, parsePriceTable } from '@wiretally/usage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainCall } from '../../src/ledger/prices/explain-call.ts';
import { explanationAnswer } from '../../src/ledger/prices/explanation-answer.ts';
import { explanationText } from '../../src/ledger/prices/explanation-text.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { startTestServer } from './harness.ts';
import type { TestServer } from './harness.ts';
import { callsOfTheDemo, priced } from './priced-record.ts';
import { failedRecord, parsed, usageRecord } from './usage-record.ts';

let server: TestServer;
let ledger: Ledger;
beforeAll(async () => {
  server = await startTestServer();
  ledger = await server.open();
});
afterAll(() => server.close());

async function explained(id: string) {
  const explanation = await explainCall(ledger.pool, id, ledger.prices.book);
  if (explanation === null) throw new Error(`${id} is not there`);
  return explanation;
}

async function textOf(id: string): Promise<string> {
  const answer = explanationAnswer(await explained(id));
  return explanationText(answer, 'UTC', { width: Infinity, colour: false });
}

describe('the explanation of a cost', () => {
  it('has the lines of the bill, whose sum is the stored cost to the last digit, for every provider', async () => {
    const calls = callsOfTheDemo();
    await ledger.ingestLogs(calls.map(({ arrived }) => arrived));
    for (const { record } of calls) {
      const { replay, lines, card } = await explained(record.id);
      expect(replay).toEqual({ costUsd: record.costCalculatedUsd, equal: true });
      expect(lines.length).toBeGreaterThan(0);
      expect(card?.firstSeen).toBeInstanceOf(Date);
    }
  });

  it('says rates, tiers, minimums, source and date', async () => {
    // Above 200,000 input tokens all of Gemini 2.5 Pro's tokens have the higher price.
    const long = priced({
      provider: 'gcp.gemini',
      requestModel: 'gemini-2.5-pro',
      responseModel: null,
      tokens: { input: 200_001, output: 100 },
    });
    const sound = priced({
      provider: 'groq',
      operation: 'transcription',
      serviceType: 'transcription',
      requestModel: 'whisper-large-v3',
      responseModel: null,
      tokens: { input: null, output: null, total: null },
      units: { audio_seconds: 3 },
    });
    await ledger.ingestLogs([long.arrived, sound.arrived]);
    const text = await textOf(long.record.id);
    expect(text).toMatch(/^gemini\/gemini-2\.5-pro, chat, 2026-11-20 10:15:00 \(UTC\)$/m);
    expect(text).toContain('It was calculated from the rate card: $0.5015025.');
    expect(text).toMatch(/^input +200,001 +\$2\.5 per 1,000,000, above 200,000 input tokens +\$0\.5000025$/m);
    expect(text).toMatch(/^output +100 +\$15 per 1,000,000, above 200,000 input tokens +\$0\.0015$/m);
    expect(text).toMatch(/^Total +\$0\.5015025$/m);
    expect(text).toContain(`Rate card ${long.record.priceCard}, kept since `);
    expect(text).toContain('in genai-prices');
    expect(text).toContain('the same to the last digit');
    expect(await textOf(sound.record.id)).toMatch(/^audio seconds +10 \(of 3\) /m);
  });

  it('says which of a stated and a calculated cost holds, and why there is none', async () => {
    const stated = priced({ costReportedUsd: '0.25' });
    const failed = failedRecord();
    const unknown = usageRecord({
      requestModel: 'aurora-preview',
      costUsd: null,
      priceCard: null,
      unpricedReason: 'model-unknown',
    });
    const told = usageRecord({ costSource: 'user', costCalculatedUsd: null, priceCard: null, costUsd: '3' });
    await ledger.ingestLogs(parsed(stated.record, failed, unknown, told));
    const { summary, replay } = await explained(stated.record.id);
    expect(summary).toBe('The provider states $0.25. By the rate card it would be $0.0000045.');
    expect(replay?.equal).toBe(true);
    expect((await explained(failed.id)).summary).toBe(
      'No cost is known: its usage is not known, since the provider answered with an error.',
    );
    expect((await explained(unknown.id)).summary).toBe('No cost is known: the model is not in the price data.');
    expect((await explained(told.id)).summary).toBe('Whoever recorded it stated $3.');
  });

  it('finds the card again where it is not kept, and says so where no prices give it', async () => {
    const list = priced({ requestModel: 'gpt-4o' });
    const table = parsePriceTable({
      prices: [{ model: 'our-llama', usd_per_million_tokens: { input: 1, output: 2 } }],
    });
    const lost = priced({ requestModel: 'our-llama', responseModel: null }, createPriceBook({ tables: [table] }));
    await ledger.ingestLogs(parsed(list.record, lost.record));
    await ledger.pool.query('delete from wiretally_private.price_cards where id = $1', [list.card.id]);
    const found = await explained(list.record.id);
    expect(found.card).toEqual({ card: list.card, firstSeen: null });
    expect(found.replay?.equal).toBe(true);
    expect((await explained(lost.record.id)).card).toBeNull();
    expect(await textOf(lost.record.id)).toContain('is not in this ledger: the cost cannot be computed again');
  });

  it('tells a stored cost that its card does not give', async () => {
    const { record } = priced({ costCalculatedUsd: '0.0000045' });
    await ledger.ingestLogs(parsed({ ...record, costCalculatedUsd: '0.0000046', costUsd: '0.0000046' }));
    expect((await explained(record.id)).replay).toEqual({ costUsd: '0.0000045', equal: false });
    expect(await textOf(record.id)).toContain('$0.0000045, which is NOT what is stored');
  });

  it('finds calls by ids with and without a time in them, and none by what is no id', async () => {
    const timed = usageRecord({ id: '01a63d3a-26a0-7abc-8000-000000000001' });
    await ledger.ingestLogs(parsed(timed));
    expect((await explained(timed.id.toUpperCase())).record.id).toBe(timed.id);
    for (const id of ['x', crypto.randomUUID(), '01a63d3a-26a0-7abc-8000-000000000002']) {
      expect(await explainCall(ledger.pool, id, ledger.prices.book)).toBeNull();
    }
  });
});
