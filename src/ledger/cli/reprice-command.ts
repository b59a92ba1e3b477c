/** `wiretally reprice`: what the prices of now make of stored calls; with `--apply`, they get them. */
import type { Command } from 'commander';
import { silentLogger } from '../logger.ts';
import { reprice } from '../prices/reprice/reprice.ts';
import type { RepriceResult } from '../prices/reprice/reprice.ts';
import type { ModelChange } from '../prices/reprice/model-changes.ts';
import { formatCount } from '../report/numbers.ts';
import { trimDecimal } from '../report/decimal.ts';
import { printable } from '../report/render/printable.ts';
import { terminalTable } from '../report/render/terminal-table.ts';
import { addConnectionOptions, withLedger } from './connection.ts';
import type { ConnectionFlags } from './connection.ts';
import { untilInterrupted } from './interrupt.ts';
import { print, terminalOptions } from './output.ts';
import { showProgress } from './progress.ts';
import { addSelectionOptions, selectedFilter, selectedPeriod } from './selection-flags.ts';
import type { SelectionFlags } from './selection-flags.ts';
import { userName } from './user-name.ts';

interface RepriceFlags extends ConnectionFlags, SelectionFlags {
  readonly apply?: true;
  readonly reason?: string;
  readonly by?: string;
  readonly json?: true;
}

export function addRepriceCommand(program: Command): void {
  const command = program
    .command('reprice')
    .description('what the prices of now make of stored calls; changes them only with --apply')
    .option('--apply', 'change the calls and their totals; what they cost before is kept')
    .option('--reason <text>', 'why, for the record of it')
    .option('--by <name>', 'who (default: the user of this machine)')
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      `
A call keeps the price of its own time: only what is known of that price may have changed. Costs that
providers state stay as they are, unless your own prices (WIRETALLY_PRICES) are forced over them.

Examples:
  wiretally reprice --from 2026-11-01
  WIRETALLY_PRICES=prices.yaml wiretally reprice --provider openai --apply --reason "contract of November"`,
    );
  addConnectionOptions(addSelectionOptions(command), {
    insteadOfUrl: 'Repricing needs the database itself: give --database, or run it where the ledger runs.',
  }).action(repriceCalls);
}

async function repriceCalls(flags: RepriceFlags): Promise<void> {
  const progress = showProgress('calls priced');
  try {
    await untilInterrupted((signal) =>
      withLedger(flags, async ({ pool, prices, timeZone }) => {
        const result = await reprice({
          pool,
          prices,
          logger: silentLogger,
          period: selectedPeriod(flags, new Date(), timeZone),
          filter: selectedFilter(flags),
          apply: flags.apply === true ? { by: flags.by ?? userName(), reason: flags.reason ?? null } : null,
          onProgress: progress.show,
          signal,
        });
        progress.end();
        if (flags.json === true) await print(`${JSON.stringify(result, null, 2)}\n`);
        else await print(`${repricingText(result, flags.apply === true)}\n`);
      }),
    );
  } finally {
    progress.end();
  }
}

function repricingText({ models, total, repricing, finished }: RepriceResult, applied: boolean): string {
  const lines: string[] = [];
  if (models.length > 0) {
    lines.push(
      ...terminalTable(
        [
          { head: 'Provider', align: 'left' },
          { head: 'Model', align: 'left', mayBeCut: true },
          { head: 'Calls', align: 'right' },
          { head: 'Changed', align: 'right' },
          { head: 'Not priceable', align: 'right', dropFirst: 1 },
          { head: 'Old cost', align: 'right' },
          { head: 'New cost', align: 'right' },
          { head: 'Difference', align: 'right' },
        ],
        models.map((model) => cells(model)),
        cells({ ...total, provider: 'all', model: '' }),
        terminalOptions(),
      ),
      '',
    );
  }
  const { calls, changed, notPriceable } = total;
  if (notPriceable > 0) {
    lines.push(`${formatCount(notPriceable)} calls cannot be priced by the prices of now; they keep their cost.`);
  }
  if (!finished) lines.push('Interrupted: the days that are not in the table are as they were.');
  if (changed === 0) lines.push(`Nothing changes: ${formatCount(calls)} calls cost what they cost.`);
  else if (applied)
    lines.push(`${formatCount(changed)} of ${formatCount(calls)} calls have a new cost (repricing ${repricing}).`);
  else
    lines.push(
      `${formatCount(changed)} of ${formatCount(calls)} calls would change. Nothing was changed: add --apply to do it.`,
    );
  return lines.join('\n');
}

function cells(change: ModelChange): string[] {
  return [
    printable(change.provider ?? ''),
    printable(change.model ?? 'no model named'),
    formatCount(change.calls),
    formatCount(change.changed),
    formatCount(change.notPriceable),
    `$${trimDecimal(change.oldCostUsd)}`,
    `$${trimDecimal(change.newCostUsd)}`,
    signed(change.differenceUsd),
  ];
}

function signed(usd: string): string {
  return usd.startsWith('-') ? `-$${trimDecimal(usd.slice(1))}` : `+$${trimDecimal(usd)}`;
}
