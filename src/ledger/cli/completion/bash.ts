import type { CommandShape } from './command-shape.ts';

/** `-o default` leaves to files what is not said here: values of flags, what `run` runs. */
export function bashCompletion(name: string, commands: readonly CommandShape[]): string {
  const names = commands.map((command) => command.name);
  const values = commands.flatMap((command) =>
    command.options.flatMap(({ flag, value }) =>
      value === null ? [] : [`    '${command.name} ${flag}') words='${value.choices.join(' ')}' ;;`],
    ),
  );
  const words = commands.map(
    ({ name: command, options, argument }) =>
      `      ${command}) words='${[...(argument?.choices ?? []), ...options.map(({ flag }) => flag)].join(' ')}' ;;`,
  );
  return `# bash completion of ${name}
_${name}() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]} words=
  [[ $COMP_CWORD -eq 1 ]] && command=
  case "$command $before" in
${values.join('\n')}
    *) case "$command" in
      '') words='${[...names, '--help', '--version'].join(' ')}' ;;
${words.join('\n')}
    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _${name} ${name}
`;
}
