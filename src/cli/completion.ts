import { type Command, Argument, Help } from 'commander';

/** `completion`: prints a shell's completion script. */
export function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('prints a completion script: source <(latentql completion bash)')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .action((shell: keyof typeof SCRIPTS) => {
      console.log(SCRIPTS[shell](wordsByCommand(program)));
    });
}

/** The words that may follow each command, by its path: `''` for latentql itself, `keys add` below it. */
type Words = ReadonlyMap<string, readonly string[]>;

function wordsByCommand(command: Command, path: readonly string[] = []): Words {
  const below = command.commands.map((child) => [child, [...path, child.name()]] as const);
  const flags = new Help().visibleOptions(command); // also those that its help describes elsewhere
  const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
  return new Map([
    [
      path.join(' '),
      [...below.map(([child]) => child.name()), ...choices, ...flags.flatMap(({ long }) => long ?? [])],
    ],
    ...below.flatMap(([child, place]) => [...wordsByCommand(child, place)]),
  ]);
}

/** Branches of a shell's `case`, one for each command. */
const cases = (words: Words, indent: string): string =>
  [...words].map(([path, after]) => `${indent}'${path}') words='${after.join(' ')}' ;;`).join('\n');

/** Patterns of all subcommands. */
const paths = (words: Words): string =>
  [...words.keys()]
    .filter(Boolean)
    .map((path) => `'${path}'`)
    .join('|');

const SCRIPTS: Readonly<Record<'bash' | 'zsh' | 'fish', (words: Words) => string>> = {
  bash: (words) => `_latentql() {
  local path='' words='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$word" in
      ${paths(words)}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path" in
${cases(words, '    ')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _latentql latentql`,
  zsh: (words) => `#compdef latentql
_latentql() {
  local place='' words_after='' word
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "\${place:+$place }$word" in
      ${paths(words)}) place="\${place:+$place }$word" ;;
    esac
  done
  case "$place" in
${cases(words, '    ').replaceAll(' words=', ' words_after=')}
  esac
  compadd -- \${=words_after} || _files
}
compdef _latentql latentql`,
  fish: (words) => `function __latentql_words
  set -l path ''
  set -l words ''
  for word in (commandline -opc)[2..-1]
    switch (string trim "$path $word")
      case ${paths(words).replaceAll('|', ' ')}
        set path (string trim "$path $word")
    end
  end
  switch "$path"
${[...words].map(([path, after]) => `    case '${path}'\n      set words ${after.join(' ')}`).join('\n')}
  end
  string join \\n -- $words
end
complete -c latentql -a '(__latentql_words)'`,
};
