/** What shells need to know of a command. */
import type { Command } from 'commander';

export interface OptionShape {
  /** With its dashes. */
  readonly flag: string;
  readonly description: string;
  /** Null: it takes no value. */
  readonly value: ValueShape | null;
}

export interface ValueShape {
  readonly name: string;
  readonly choices: readonly string[];
  /** A file or a folder. */
  readonly file: boolean;
}

export interface CommandShape {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionShape[];
  /** Of its first argument; null where it has none. */
  readonly argument: ValueShape | null;
}

const HELP: OptionShape = { flag: '--help', description: 'what the command does', value: null };

export function commandShapes(program: Command): CommandShape[] {
  return program.commands.map((command) => {
    const [argument] = command.registeredArguments;
    return {
      name: command.name(),
      description: command.description(),
      options: [
        ...command.options
          .filter(({ hidden }) => !hidden)
          .map((option) => ({
            flag: option.long ?? option.short ?? '',
            description: option.description,
            value:
              option.required || option.optional
                ? valueOf(/[<[]([^>\]]+)/.exec(option.flags)?.[1] ?? 'value', option.argChoices ?? [])
                : null,
          })),
        HELP,
      ],
      argument: argument === undefined ? null : valueOf(argument.name(), argument.argChoices ?? []),
    };
  });
}

const valueOf = (name: string, choices: readonly string[]): ValueShape => ({
  name,
  choices,
  file: ['file', 'folder'].includes(name),
});
