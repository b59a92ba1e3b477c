#!/usr/bin/env node
import { runCommandLine } from './command-line.ts';
import { endQuietlyOnClosedPipe } from './output.ts';

endQuietlyOnClosedPipe();
await runCommandLine(process.argv.slice(2));
