// The `credential_process` of generated profiles: asks the agent by the cheapest means the machine has, and starts no
// Node while the agent has the answer. Plain POSIX shell.
import { AgentError } from "./errors.js";
import type { SocketPaths } from "./place-socket.js";
import { SETTING_VARIABLES, settingsFile } from "./settings-line.js";

export interface AskScriptOptions {
  /** From `placeSocket`. */
  readonly paths: SocketPaths;
  /** The program that answers where no agent does; the identity becomes its last argument. */
  readonly fallback: readonly [string, ...string[]];
  /** The person allowed questions to be asked when an SDK asks: the fallback is run where the agent would need one. */
  readonly mayAsk: boolean;
  /** Who the socket must belong to. Default: the process's user. */
  readonly uid?: number;
}

/**
 * Returns a script: `SCRIPT IDENTITY` prints the document of the process credential provider and exits 0, or says why not
 * on standard error and exits 1; 2 where it is called wrongly. Throws `AgentError` `invalid_option`.
 */
export function renderAskScript(options: AskScriptOptions): string {
  const { paths, fallback, mayAsk, uid = process.getuid?.() } = options;
  for (const word of [paths.folder, paths.socket, ...fallback]) {
    if (word === "" || /[\0\n\r]/.test(word)) {
      throw new AgentError("invalid_option", "a path or word of the script is empty or has more than one line", {
        hint: "move the program to another folder",
      });
    }
  }
  if (uid === undefined || !Number.isInteger(uid)) {
    throw new AgentError("invalid_option", "`uid` is no user", { hint: "give the number of the person's user" });
  }
  const here = SETTING_VARIABLES.map((name) => `\${${name}-}`).join("\t");
  return `#!/bin/sh
# Written by a program and replaced by it. Usage: SCRIPT IDENTITY
# Asks the agent for credentials, and starts the program itself only where no agent has an answer.
folder=${quote(paths.folder)}
socket=${quote(paths.socket)}
settings=${quote(settingsFile(paths.folder))}
newline='
'

fall_back() {
  exec ${fallback.map(quote).join(" ")} "$identity"
}

# Only a socket that nobody else can have made: our user's, closed to others, in a folder of the same kind.
is_ours() {
  [ -d "$folder" ] && [ -S "$socket" ] && [ ! -L "$folder" ] && [ ! -L "$socket" ] || return 1
  # shellcheck disable=SC2012 # only mode and owner are read; find(1) would be slower and no clearer
  LC_ALL=C ls -ldn "$folder" "$socket" 2>/dev/null | {
    read -r mode _ owner _ || return 1
    case $mode in drwx------ | drwx------[.@]) ;; *) return 1 ;; esac
    [ "$owner" = ${uid} ] || return 1
    read -r mode _ owner _ || return 1
    case $mode in srw------- | srw-------[.@]) ;; *) return 1 ;; esac
    [ "$owner" = ${uid} ]
  }
}

# Only an agent to which names mean the same as here.
means_the_same() {
  said=
  IFS= read -r said 2>/dev/null <"$settings" && [ "$said" = "${here}" ]
}

finish() {
  case $answer in
    '{'*) printf '%s\\n' "$answer" && exit 0 ;;
    'error: '*)
${mayAsk ? `      case $answer in *"\${newline}code: prompt_unavailable"*) fall_back ;; esac\n` : ""}      printf '%s\\n' "$answer" >&2
      exit 1 ;;
  esac
}

identity=\${1-}
case $# in 1) ;; *) printf 'error: one identity is needed\\n' >&2 && exit 2 ;; esac
case $identity in
  '' | -* | *"$newline"*) printf 'error: that is no identity\\n' >&2 && exit 2 ;;
esac

if is_ours && means_the_same; then
  if command -v nc >/dev/null 2>&1; then
    answer=$(printf 'credential-process %s\\n' "$identity" | nc -U "$socket" 2>/dev/null)
    finish
  fi
  if command -v curl >/dev/null 2>&1; then
    answer=$(curl -q -s -G --max-time 600 --noproxy '*' --unix-socket "$socket" \\
      --data-urlencode "identity=$identity" http://localhost/credential-process 2>/dev/null)
    finish
  fi
fi
fall_back
`;
}

function quote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
