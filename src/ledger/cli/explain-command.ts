/** `wiretally explain RECORD`: usage × rates of one call, from its stored card. */
import type { Command } from 'commander';
import { explainCall } from '../prices/explain-call.ts';
import { explanationAnswer } from '../prices/explanation-answer.ts';
import type { ExplanationAnswer } from '../prices/explanation-answer.ts';
import { explanationText } from '../prices/explanation-text.ts';
import { addConnectionOptions, remoteLedger, REMOTE_ZONE, withLedger } from './connection.ts';
import type { ConnectionFlags } from './connection.ts';
import { print, terminalOptions } from './output.ts';

interface ExplainFlags extends ConnectionFlags {
  readonly json?: true;
}

export function addExplainCommand(program: Command): void {
  const command = program
    .command('explain')
    .description('how the cost of one call came about, or why there is none')
    .argument('<record>', 'id of the call, as exports and the API show it')
    .option('--json', 'for programs')
    .addHelpText('after', '\nExample:\n  wiretally explain 019aab00-0000-7000-8000-000000000001');
  addConnectionOptions(command, 'remote').action(explainOne);
}

async function explainOne(id: string, flags: ExplainFlags): Promise<void> {
  const show = async (answer: ExplanationAnswer, timeZone: string): Promise<void> => {
    if (flags.json === true) await print(`${JSON.stringify(answer, null, 2)}\n`);
    else await print(`${explanationText(answer, timeZone, terminalOptions())}\n`);
  };
  const remote = remoteLedger(flags);
  if (remote !== null) return show(await remote.explain(id), REMOTE_ZONE);
  return withLedger(flags, async ({ pool, prices, timeZone }) => {
    const explanation = await explainCall(pool, id, prices.book);
    if (explanation === null) throw new Error(`There is no call ${id} in this ledger.`);
    await show(explanationAnswer(explanation), timeZone);
  });
}
