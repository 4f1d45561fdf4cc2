# What zsh has beyond aws-as.sh: its prompt, and the names of identities by Tab.

zmodload zsh/datetime 2>/dev/null

# The label is a value of psvar: zsh shows those as they are, and expands neither % nor $ in them.
_aws_as_show() {
  emulate -L zsh
  local mark='(%9v) '
  if [[ ${DAYPASS_LABEL-} == *[^A-Za-z0-9._:@/-]* ]]; then DAYPASS_LABEL='?'; fi
  psvar[9]=${DAYPASS_LABEL:--}
  if [[ -n ${PS1+x} && $PS1 != *"$mark"* ]]; then PS1=$mark$PS1; fi
  # Where compinit comes after us, or again, Tab is told anew.
  if (( $+functions[compdef] && ! ${+_comps[aws-as]} )); then compdef _aws_as_complete aws-as; fi
}

_aws_as_unshow() {
  emulate -L zsh
  local mark='(%9v) '
  if [[ ${PS1-} == *"$mark"* ]]; then PS1=${PS1%%"$mark"*}${PS1#*"$mark"}; fi
}

# Reads the list with zsh alone: nothing is started for a Tab.
_aws_as_complete() {
  emulate -L zsh
  local name rest
  local -a names
  [[ -r $HOME/.daypass/shells/identities ]] || return 1
  while IFS=$'\t' read -r name rest; do names+=("$name"); done <$HOME/.daypass/shells/identities
  compadd -a names
}

_aws_as_leave() {
  emulate -L zsh
  precmd_functions=("${(@)precmd_functions:#_aws_as_show}")
  if (( ! _aws_as_had_precmd && ! $#precmd_functions )); then unset precmd_functions; fi
  psvar=("${_aws_as_psvar[@]}")
  if (( $+functions[compdef] )); then compdef -d aws-as; fi
  unset _aws_as_psvar _aws_as_had_precmd
  unset -f _aws_as_complete _aws_as_leave
}

if [[ ${precmd_functions[(Ie)_aws_as_show]:-0} -eq 0 ]]; then
  _aws_as_had_precmd=$+precmd_functions
  _aws_as_psvar=("${psvar[@]}")
  precmd_functions+=(_aws_as_show)
fi
if (( $+functions[compdef] )); then compdef _aws_as_complete aws-as; fi
