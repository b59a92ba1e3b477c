/** `wiretally completion SHELL`: what a shell completes, made from the commands themselves. */
import { Argument } from 'commander';
import type { Command } from 'commander';
import { bashCompletion } from './completion/bash.ts';
import type { CommandShape } from './completion/command-shape.ts';
import { commandShapes } from './completion/command-shape.ts';
import { fishCompletion } from './completion/fish.ts';
import { zshCompletion } from './completion/zsh.ts';
import { print } from './output.ts';

type Shell = 'bash' | 'zsh' | 'fish';

const SHELLS: Readonly<Record<Shell, (name: string, commands: readonly CommandShape[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .description('a script that makes your shell complete the commands and flags')
    .addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(SHELLS)))
    .addHelpText(
      'after',
      `
To have it in each new shell:
  bash  echo 'source <(wiretally completion bash)' >> ~/.bashrc
  zsh   wiretally completion zsh > "\${fpath[1]}/_wiretally"
  fish  wiretally completion fish > ~/.config/fish/completions/wiretally.fish`,
    )
    .action(async (shell: Shell) => {
      await print(SHELLS[shell](program.name(), commandShapes(program)));
    });
}
