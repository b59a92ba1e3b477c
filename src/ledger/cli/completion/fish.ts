import type { CommandShape, ValueShape } from './command-shape.ts';

export function fishCompletion(name: string, commands: readonly CommandShape[]): string {
  const lines = [`# fish completion of ${name}`, `complete -c ${name} -f`];
  for (const command of commands) {
    lines.push(`complete -c ${name} -n __fish_use_subcommand -a ${command.name} -d ${quoted(command.description)}`);
    const seen = `complete -c ${name} -n ${quoted(`__fish_seen_subcommand_from ${command.name}`)}`;
    for (const { flag, description, value } of command.options) {
      lines.push(`${seen} -l ${flag.slice(2)}${value === null ? '' : takes(value)} -d ${quoted(description)}`);
    }
    const { argument } = command;
    if (argument !== null && argument.choices.length > 0)
      lines.push(`${seen} -a ${quoted(argument.choices.join(' '))}`);
    // What import reads and run runs.
    if (argument !== null) lines.push(`${seen} -F`);
  }
  return `${lines.join('\n')}\n`;
}

/** -x: a value, and no file; -rF: a file. */
function takes({ choices, file }: ValueShape): string {
  if (choices.length > 0) return ` -xa ${quoted(choices.join(' '))}`;
  return file ? ' -rF' : ' -x';
}

const quoted = (text: string): string => `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
