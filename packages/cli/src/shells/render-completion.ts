// Tab for the program's own words. Static text that reads a list with the shell's own means: no process for a Tab.
// (`aws-as` has its own, which comes with the activation.)
import type { Names } from "../names.js";
import type { Workbench } from "../workbench.js";

/** The list, `name TAB …` on each line, that `writeShellIndex` writes. */
const listOf = ({ directoryName }: Names): string => `$HOME/${directoryName}/shells/identities`;

type Commands = Workbench["commandNames"];

/** The commands that are groups, with what is in them. */
const groupsOf = (commands: Commands): readonly (readonly [name: string, words: string])[] =>
  [...commands].flatMap(([name, within]) => (within.length === 0 ? [] : [[name, within.join(" ")] as const]));

const allOf = (commands: Commands): string => [...commands.keys()].join(" ");

/** A function's name that every one of these shells takes. */
const functionOf = ({ name }: Names): string => `_${name.replaceAll(/[^a-z0-9]/g, "_")}_words`;

const bash = (names: Names, commands: Commands): string => `${functionOf(names)}() {
  local typed=\${COMP_LINE:0:COMP_POINT} name rest quoted group before=
  typed=\${typed##*[[:space:]]}
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W '${allOf(commands)}' -- "$typed"))
    return
  fi
  if ((COMP_CWORD == 2)); then
    read -r _ group _ <<<"$COMP_LINE"
    case $group in
${groupsOf(commands)
  .map(([name, words]) => `      ${name}) COMPREPLY=($(compgen -W '${words}' -- "$typed")); return ;;`)
  .join("\n")}
    esac
  fi
  COMPREPLY=()
  # Readline replaces only what follows the last colon.
  case $COMP_WORDBREAKS in *:*) before=\${typed%"\${typed##*:}"} ;; esac
  [[ -r ${listOf(names)} ]] || return 0
  while IFS=$'\\t' read -r name rest; do
    printf -v quoted %q "$name"
    if [[ $quoted == "$typed"* ]]; then COMPREPLY+=("\${quoted#"$before"}"); fi
  done <"${listOf(names)}"
}
complete -o default -F ${functionOf(names)} ${names.name} aacli
`;

const zsh = (names: Names, commands: Commands): string => `${functionOf(names)}() {
  if ((CURRENT == 2)); then
    compadd -- ${allOf(commands)}
    return
  fi
  if ((CURRENT == 3)); then
    case $words[2] in
${groupsOf(commands)
  .map(([name, words]) => `      ${name}) compadd -- ${words}; return ;;`)
  .join("\n")}
    esac
  fi
  local name rest
  [[ -r ${listOf(names)} ]] || { _files; return }
  while IFS=$'\\t' read -r name rest; do compadd -- "$name"; done <"${listOf(names)}"
  _files
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -u; }
compdef ${functionOf(names)} ${names.name} aacli
`;

const fish = (names: Names, commands: Commands): string =>
  [names.name, "aacli"]
    .map(
      (program) => `complete -c ${program} -n __fish_use_subcommand -f -a '${allOf(commands)}'
${groupsOf(commands)
  .map(
    ([group, words]) =>
      `complete -c ${program} -n '__fish_seen_subcommand_from ${group}; and not __fish_seen_subcommand_from ${words}' -f -a '${words}'`,
  )
  .join("\n")}
complete -c ${program} -n 'not __fish_use_subcommand; and not __fish_seen_subcommand_from ${groupsOf(commands)
        .map(([group]) => group)
        .join(" ")}' -a "(test -r ${listOf(names)}; and string split -f1 \\t <${listOf(names)})"
`,
    )
    .join("");

/** What returns the script, by the shell's name. */
export const COMPLETIONS: ReadonlyMap<string, (names: Names, commands: Commands) => string> = new Map([
  ["bash", bash],
  ["zsh", zsh],
  ["fish", fish],
]);
