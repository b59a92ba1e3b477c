/** All commands, one line each. */
import { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { addBackupCommands } from './backup-commands.ts';
import { addChatCommand } from './chat-command.ts';
import { addCheckCommands } from './check-commands.ts';
import { addExplainCommand } from './explain-command.ts';
import { addCompareCommand } from './compare-command.ts';
import { addCompletionCommand } from './completion-command.ts';
import { addExportCommand } from './export-command.ts';
import { addForgetCommand } from './forget-command.ts';
import { addImportCommand } from './import-command.ts';
import { addPriceCommands } from './price-commands.ts';
import { addReportCommands } from './report-command.ts';
import { addRepriceCommand } from './reprice-command.ts';
import { addRunCommand } from './run-command.ts';
import { addSessionCommands } from './session-commands.ts';
import { addTopCommand } from './top-command.ts';
import { addUpCommand } from './up-command.ts';

export function createProgram(): Command {
  const program = new Command('wiretally')
    .description('What the AI provider calls of your services cost.')
    .version(version())
    .exitOverride()
    .showHelpAfterError('(add --help for what there is)')
    .addHelpText(
      'after',
      `
Examples:
  wiretally up                     run the ledger on this machine
  wiretally report --days 7        what the last week cost
  wiretally run -- node script.js  what one script costs

Exit codes: 0 done, 1 failed, 2 wrong command line or setting.`,
    );
  addUpCommand(program);
  addReportCommands(program);
  addSessionCommands(program);
  addPriceCommands(program);
  addExplainCommand(program);
  addRepriceCommand(program);
  addRunCommand(program);
  addCheckCommands(program);
  addForgetCommand(program);
  addBackupCommands(program);
  addExportCommand(program);
  addImportCommand(program);
  addChatCommand(program);
  addTopCommand(program);
  addCompareCommand(program);
  addCompletionCommand(program);
  return program;
}

function version(): string {
  // The package's folder is one up from the sources and two up from what was compiled.
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const found = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as { version: string };
      return found.version;
    } catch {
      // Look further up.
    }
  }
  return 'unknown';
}
