# shellcheck shell=bash
# What bash has beyond aws-as.sh: the names of identities by Tab, and a prompt that others set again each time.

# Reads the list with bash alone: nothing is started for a Tab.
_aws_as_complete() {
  local typed=${COMP_LINE:0:COMP_POINT} name rest quoted before
  typed=${typed##*[[:space:]]}
  COMPREPLY=()
  # Readline replaces only what follows the last colon.
  before=
  case $COMP_WORDBREAKS in *:*) before=${typed%"${typed##*:}"} ;; esac
  [[ -r $HOME/.daypass/shells/identities ]] || return 0
  while IFS=$'\t' read -r name rest; do
    printf -v quoted %q "$name"
    if [[ $quoted == "$typed"* ]]; then COMPREPLY+=("${quoted#"$before"}"); fi
  done <"$HOME/.daypass/shells/identities"
}

_aws_as_leave() {
  complete -r aws-as 2>/dev/null
  if [[ -n ${_aws_as_listed_hook-} ]]; then
    local at
    for at in "${!PROMPT_COMMAND[@]}"; do
      if [[ ${PROMPT_COMMAND[at]} == _aws_as_show ]]; then unset "PROMPT_COMMAND[at]"; fi
    done
  elif [[ ${PROMPT_COMMAND-} == "${_aws_as_hooked-}" ]]; then
    if [[ -n ${_aws_as_hook_was+x} ]]; then PROMPT_COMMAND=$_aws_as_hook_was; else unset PROMPT_COMMAND; fi
  else
    # Somebody else changed it too: only our line goes.
    PROMPT_COMMAND=${PROMPT_COMMAND/$'\n_aws_as_show'/}
    PROMPT_COMMAND=${PROMPT_COMMAND/#_aws_as_show/:}
  fi
  unset _aws_as_hooked _aws_as_hook_was _aws_as_listed_hook
  unset -f _aws_as_complete _aws_as_leave
}

complete -F _aws_as_complete aws-as

# Such a prompt is shown as it is written, and has no place for a label that changes.
if ! shopt -q promptvars; then
  _aws_as_show() { :; }
fi

case ${PROMPT_COMMAND[*]-} in
  *_aws_as_show*) ;;
  *)
    # Since 5.1 it may be a list: ours goes last in it, for an earlier one could set the prompt after us.
    if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 501)) &&
      [[ $(declare -p PROMPT_COMMAND 2>/dev/null) == 'declare -a'* ]]; then
      _aws_as_listed_hook=yes
      PROMPT_COMMAND+=(_aws_as_show)
    else
      unset _aws_as_hook_was
      if [[ -n ${PROMPT_COMMAND+x} ]]; then _aws_as_hook_was=$PROMPT_COMMAND; fi
      PROMPT_COMMAND=${PROMPT_COMMAND:+$PROMPT_COMMAND$'\n'}_aws_as_show
      _aws_as_hooked=$PROMPT_COMMAND
    fi
    ;;
esac
