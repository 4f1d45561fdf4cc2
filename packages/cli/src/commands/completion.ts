// Tab for the program's own words. Static text that reads a list with the shell's own means: no process for a Tab.
// (`aws-as` has its own, which comes with the activation.)
import { buildCommand } from "@stricli/core";
import type { Names } from "../names.js";
import { UsageError } from "../usage-error.js";
import type { Workbench } from "../workbench.js";

/** The list, `name TAB …` on each line, that `writeShellIndex` writes. */
const listOf = ({ directoryName }: Names): string => `$HOME/${directoryName}/shells/identities`;

/** A function's name that every one of these shells takes. */
const functionOf = ({ name }: Names): string => `_${name.replaceAll(/[^a-z0-9]/g, "_")}_words`;

const bash = (names: Names, commands: readonly string[]): string => `${functionOf(names)}() {
  local typed=\${COMP_LINE:0:COMP_POINT} name rest quoted before=
  typed=\${typed##*[[:space:]]}
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W '${commands.join(" ")}' -- "$typed"))
    return
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

const zsh = (names: Names, commands: readonly string[]): string => `${functionOf(names)}() {
  if ((CURRENT == 2)); then
    compadd -- ${commands.join(" ")}
    return
  fi
  local name rest
  [[ -r ${listOf(names)} ]] || { _files; return }
  while IFS=$'\\t' read -r name rest; do compadd -- "$name"; done <"${listOf(names)}"
  _files
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -u; }
compdef ${functionOf(names)} ${names.name} aacli
`;

const fish = (names: Names, commands: readonly string[]): string =>
  [names.name, "aacli"]
    .map(
      (program) => `complete -c ${program} -n __fish_use_subcommand -f -a '${commands.join(" ")}'
complete -c ${program} -n 'not __fish_use_subcommand' -a "(test -r ${listOf(names)}; and string split -f1 \\t <${listOf(names)})"
`,
    )
    .join("");

const SCRIPTS: ReadonlyMap<string, (names: Names, commands: readonly string[]) => string> = new Map([
  ["bash", bash],
  ["zsh", zsh],
  ["fish", fish],
]);

function writeCompletion(this: Workbench, _flags: object, shell: string): void {
  const script = SCRIPTS.get(shell);
  if (script === undefined) {
    throw new UsageError(`there is no completion for ${JSON.stringify(shell)}`, "name bash, zsh or fish");
  }
  this.print(script(this.names, this.commandNames));
}

export const completionCommand = buildCommand<object, [shell: string], Workbench>({
  func: writeCompletion,
  parameters: {
    flags: {},
    positional: {
      kind: "tuple",
      parameters: [{ brief: "bash, zsh or fish", placeholder: "SHELL", parse: (typed: string) => typed }],
    },
  },
  docs: { brief: "print what lets Tab complete commands and identities" },
});
