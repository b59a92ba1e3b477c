/** Rate cards reach the ledger with records, or are found again, and explain stored costs bit for bit. */
import { cardDefinition, createPriceBook, parsePriceTable, rateCardId, replay } from '@wiretally/usage';
import type { RateCard } from '@wiretally/usage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ledger, ParsedRecord } from '../../src/ledger/ledger.ts';
import { silentLogger } from '../../src/ledger/logger.ts';
import { MICROS_SQL, rowToRecord } from '../../src/ledger/store/row-to-record.ts';
import { callsOfTheDemo, priced } from './priced-record.ts';
import { startTestServer } from './harness.ts';
import type { TestServer } from './harness.ts';
import { parsed, usageRecord } from './usage-record.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** Of a service that has a table of its own, which the ledger does not know. */
const SERVICE_BOOK = createPriceBook({
  tables: [
    parsePriceTable({
      name: 'acme',
      prices: [{ model: 'our-llama', usd_per_million_tokens: { input: 1.5, output: 6 } }],
    }),
  ],
});

async function cardsIn(ledger: Ledger): Promise<Map<string, Omit<RateCard, 'id'>>> {
  const { rows } = await ledger.pool.query<{ id: string; card: RateCard }>(
    'select id, card from wiretally_price_cards',
  );
  return new Map(rows.map(({ id, card }) => [id, card]));
}

describe('the card of a stored cost', () => {
  it('comes with a record, and is stored once however many records have it', async () => {
    const ledger = await server.open();
    const first = priced({ requestModel: 'our-llama', responseModel: null }, SERVICE_BOOK);
    const more = [1, 2, 3].map(() => priced({ requestModel: 'our-llama', responseModel: null }, SERVICE_BOOK).record);
    const announced: ParsedRecord = { record: first.record, unknown: {}, cardDefinition: cardDefinition(first.card) };
    await ledger.ingestLogs([announced, ...parsed(...more)]);
    await ledger.ingestLogs([{ ...announced, record: { ...first.record, id: crypto.randomUUID() } }]);
    const { id, ...card } = first.card;
    expect(await cardsIn(ledger)).toEqual(new Map([[id, card]]));
  });

  it('is kept also where the record is a duplicate, and in the transaction of the record', async () => {
    const databaseUrl = await server.newDatabase();
    const { record, card } = priced({ requestModel: 'our-llama', responseModel: null }, SERVICE_BOOK);
    const first = await server.open({ databaseUrl });
    await first.ingestLogs(parsed(record));
    expect((await cardsIn(first)).size).toBe(0);
    const again = await first.ingestLogs([{ record, unknown: {}, cardDefinition: cardDefinition(card) }]);
    expect(again).toMatchObject({ stored: 0, duplicates: 1 });
    expect([...(await cardsIn(first)).keys()]).toEqual([card.id]);
  });

  it('is found again where it did not come: list prices, and the old flat table', async () => {
    const ledger = await server.open();
    const list = priced({ requestModel: 'gpt-4o-mini' });
    const legacy = priced({ requestModel: 'gpt-4o', responseModel: null }, createPriceBook({ preset: 'legacy' }));
    await ledger.ingestLogs(parsed(list.record, legacy.record));
    expect([...(await cardsIn(ledger)).keys()].toSorted()).toEqual([list.card.id, legacy.card.id].toSorted());
  });

  it('is refused where it is forged, which is told; the record is stored all the same', async () => {
    const warnings: string[] = [];
    const logger = { ...silentLogger, warn: (_fields: object, message: string) => void warnings.push(message) };
    const ledger = await server.open({ logger });
    const { record, card } = priced({ requestModel: 'our-llama', responseModel: null }, SERVICE_BOOK);
    const forged = cardDefinition(card).replace('"1.5"', '"0.5"');
    expect(forged).not.toBe(cardDefinition(card));
    expect(await ledger.ingestLogs([{ record, unknown: {}, cardDefinition: forged }])).toMatchObject({ stored: 1 });
    expect((await cardsIn(ledger)).size).toBe(0);
    expect(warnings.join()).toContain('not the one it names');
    // A forged one does not keep the true one out.
    const other = { ...record, id: crypto.randomUUID() };
    await ledger.ingestLogs([{ record: other, unknown: {}, cardDefinition: cardDefinition(card) }]);
    expect([...(await cardsIn(ledger)).keys()]).toEqual([card.id]);
  });

  it('cannot make PostgreSQL refuse a batch, whatever it says', async () => {
    const ledger = await server.open();
    const hostile = ['{"rules":1,"sheets":[1e200000]}', '{"rules":1,"sheets":["\\u0000"]}', '['.repeat(30_000), 'x'];
    const records = hostile.map((definition, index): ParsedRecord => {
      // Its id is right for what JavaScript reads, so that nothing but the content can be to blame.
      const value: unknown = index > 1 ? null : JSON.parse(definition);
      const priceCard = value === null ? 'f'.repeat(64) : rateCardId(value as RateCard);
      return { record: usageRecord({ priceCard }), unknown: {}, cardDefinition: definition };
    });
    expect(await ledger.ingestLogs(records)).toMatchObject({ stored: 4, rejected: 0 });
    expect(await ledger.ingestLogs(parsed(usageRecord()))).toMatchObject({ stored: 1 });
  });

  it('asks the database nothing once it is known', async () => {
    const ledger = await server.open();
    await ledger.ingestLogs(parsed(priced({ requestModel: 'gpt-4o-mini' }).record));
    await ledger.pool.query('drop view wiretally_price_cards; drop table wiretally_private.price_cards');
    // It would fail if it asked.
    const result = await ledger.ingestLogs(parsed(priced({ requestModel: 'gpt-4o-mini' }).record));
    expect(result).toMatchObject({ stored: 1 });
  });

  it('gives the stored cost of every provider again bit for bit, after both were in the database', async () => {
    const ledger = await server.open();
    const calls = callsOfTheDemo();
    const own = priced(
      { requestModel: 'our-llama', responseModel: null, tokens: { input: 7, output: 3 } },
      SERVICE_BOOK,
    );
    await ledger.ingestLogs([...calls, own].map(({ arrived }) => arrived));
    const cards = await cardsIn(ledger);
    const { rows } = await ledger.pool.query<Record<string, unknown>>(
      `select c.*, ${MICROS_SQL} as micros from wiretally_private.calls c`,
    );
    expect(rows).toHaveLength(calls.length + 1);
    for (const row of rows) {
      const record = rowToRecord(row);
      const card = cards.get(record.priceCard ?? '');
      if (card === undefined) throw new Error(`the card of ${record.requestModel} is not there`);
      expect(rateCardId(card)).toBe(record.priceCard);
      expect(replay({ id: record.priceCard ?? '', ...card }, record)).toBe(record.costCalculatedUsd);
    }
  });
});
