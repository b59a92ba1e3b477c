/** `wiretally prices MODEL` and `wiretally estimate MODEL`: by the prices of `WIRETALLY_PRICES`; no ledger is asked. */
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { estimate, nearModels, priceOf } from '@wiretally/usage';
import type { PriceListing, PriceListOptions } from '@wiretally/usage';
import { pricesSetting, readPrices } from '../prices/read-prices.ts';
import { terminalTable } from '../report/render/terminal-table.ts';
import { print, terminalOptions } from './output.ts';

interface PriceFlags {
  readonly provider?: string;
  readonly json?: true;
}

interface EstimateFlags extends PriceFlags {
  readonly input?: number;
  readonly output?: number;
  readonly images?: number;
  readonly seconds?: number;
  readonly characters?: number;
}

export function addPriceCommands(program: Command): void {
  program
    .command('prices')
    .description('what a model costs, now and before')
    .argument('<model>', 'its id, or provider/id')
    .option('--provider <name>', 'whose model (default: whoever has it)')
    .option('--json', 'for programs')
    .addHelpText('after', '\nExample:\n  wiretally prices gpt-4o-mini')
    .action(showPrices);
  program
    .command('estimate')
    .description('what a call would cost, before it is made')
    .argument('<model>', 'its id, or provider/id')
    .option('--input <tokens>', 'tokens in', amount)
    .option('--output <tokens>', 'tokens out', amount)
    .option('--images <number>', 'images', amount)
    .option('--seconds <number>', 'seconds of video', amount)
    .option('--characters <number>', 'characters of speech', amount)
    .option('--provider <name>', 'whose model (default: whoever has it)')
    .option('--json', 'for programs')
    .addHelpText('after', '\nExample:\n  wiretally estimate gpt-4o-mini --input 1200 --output 300')
    .action(showEstimate);
}

function amount(text: string): number {
  if (/^\d{1,12}(\.\d+)?$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a number from 0.');
}

const optionsOf = async (flags: PriceFlags): Promise<PriceListOptions> => ({
  atMs: Date.now(),
  book: await readPrices(pricesSetting(process.env)),
  ...(flags.provider === undefined ? {} : { provider: flags.provider }),
});

const unknown = (model: string, near: readonly string[]): Error =>
  new Error(`No price is known for ${model}.${near.length === 0 ? '' : ` Did you mean ${near.join(', ')}?`}`);

async function showPrices(model: string, flags: PriceFlags): Promise<void> {
  const options = await optionsOf(flags);
  const price = priceOf(model, options);
  if (price === null) throw unknown(model, nearModels(model, options));
  if (flags.json === true) return print(`${JSON.stringify(price, null, 2)}\n`);
  const { listing, card, history } = price;
  const lines = [
    `${listing.name} (${listing.provider}/${listing.model}), billed by ${listing.billingType}`,
    ...terminalTable(
      [
        { head: 'From', align: 'left' },
        { head: 'Price', align: 'left', mayBeCut: true },
        { head: 'Source', align: 'left' },
      ],
      history.map((entry) => [
        entry.listing.effectiveFrom ?? 'the beginning',
        unitPrices(entry.listing),
        entry.listing.source,
      ]),
      null,
      terminalOptions(),
    ),
    `Rate card ${card.id}`,
  ];
  return print(`${lines.join('\n')}\n`);
}

function unitPrices(listing: PriceListing): string {
  const parts: string[] = [];
  const say = (usd: string | null, unit: string): void => {
    if (usd !== null) parts.push(`$${usd} ${unit}`);
  };
  const million = (usd: string | null): string | null =>
    usd === null ? null : String(Number((Number(usd) * 1e6).toPrecision(12)));
  say(million(listing.inputTokenCost), 'per 1M input tokens');
  say(million(listing.cachedInputTokenCost), 'per 1M cached');
  say(million(listing.outputTokenCost), 'per 1M output tokens');
  say(listing.costPerImage, 'an image');
  say(listing.costPerSecond, 'a second');
  say(listing.costPerCharacter, 'a character');
  return parts.length === 0 ? (listing.billingType === 'free' ? 'free' : 'see the rate card') : parts.join(', ');
}

async function showEstimate(model: string, flags: EstimateFlags): Promise<void> {
  const found = estimate(
    {
      model,
      tokens: { input: flags.input ?? null, output: flags.output ?? null },
      units: {
        ...(flags.images === undefined ? {} : { images: flags.images }),
        ...(flags.seconds === undefined ? {} : { video_seconds: flags.seconds }),
        ...(flags.characters === undefined ? {} : { characters: flags.characters }),
      },
    },
    await optionsOf(flags),
  );
  if (!found.found) {
    if (found.reason === 'model-unknown') throw unknown(model, found.nearModels);
    throw new Error(
      `The cost of ${model} cannot be worked out from that (${found.reason}). See: wiretally prices ${model}`,
    );
  }
  if (flags.json === true) return print(`${JSON.stringify(found, null, 2)}\n`);
  return print(`$${found.costUsd} for ${found.provider}/${found.model} (rate card ${found.card.id.slice(0, 12)})\n`);
}
