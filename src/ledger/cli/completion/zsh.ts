import type { CommandShape, OptionShape, ValueShape } from './command-shape.ts';

export function zshCompletion(name: string, commands: readonly CommandShape[]): string {
  const described = commands.map(
    ({ name: command, description }) => `    ${quoted(`${command}:${description.replaceAll(':', '\\:')}`)}`,
  );
  const cases = commands.map((command) => {
    const specs = [
      ...command.options.map(optionSpec),
      ...(command.argument === null ? [] : [`'1:${valueSpec(command.argument)}'`]),
      `'*:file:_files'`,
    ];
    return `    ${command.name})\n      _arguments \\\n        ${specs.join(' \\\n        ')} ;;`;
  });
  return `#compdef ${name}
_${name}() {
  local -a commands=(
${described.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join('\n')}
  esac
}
if [ "$funcstack[1]" = "_${name}" ]; then
  _${name} "$@"
else
  compdef _${name} ${name}
fi
`;
}

function optionSpec({ flag, description, value }: OptionShape): string {
  const text = description.replaceAll(/[[\]:]/g, String.raw`\$&`);
  return quoted(`${flag}[${text}]${value === null ? '' : `:${valueSpec(value)}`}`);
}

function valueSpec({ name, choices, file }: ValueShape): string {
  if (choices.length > 0) return `${name}:(${choices.join(' ')})`;
  return file ? `${name}:_files` : `${name}: `;
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
