# shellcheck shell=sh
# aws-as in bash, zsh, dash and ksh: switches this shell from one identity to another. Written in what all four share:
# there are no local variables in it, so everything is called _aws_as_something and is gone after aws-as-deactivate.
# shellcheck disable=SC3028  # EPOCHSECONDS and SHELLOPTS are looked at where they are

# Calls $1 for each variable by which an SDK finds credentials, by name in _aws_as_v. What one of them says must never
# contradict another: SDKs disagree about which one wins.
_aws_as_each_credential() {
  for _aws_as_v in AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_SECURITY_TOKEN \
    AWS_CREDENTIAL_FILE AWS_PROFILE AWS_DEFAULT_PROFILE AWS_CREDENTIAL_EXPIRATION AWS_SESSION_EXPIRATION \
    AWS_ROLE_ARN AWS_ROLE_SESSION_NAME AWS_WEB_IDENTITY_TOKEN_FILE AWS_CONTAINER_CREDENTIALS_FULL_URI \
    AWS_CONTAINER_CREDENTIALS_RELATIVE_URI AWS_CONTAINER_AUTHORIZATION_TOKEN \
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE AWS_SDK_LOAD_CONFIG AWS_ACCOUNT_ID AWS_CREDENTIAL_SCOPE \
    DAYPASS_IDENTITY DAYPASS_LABEL DAYPASS_EXPIRES_AT; do
    "$1"
  done
}

_aws_as_each_region() {
  for _aws_as_v in AWS_REGION AWS_DEFAULT_REGION; do "$1"; done
}

_aws_as_unset() { unset "$_aws_as_v"; }

# As it was: its value, that it was exported, or that it was not there.
_aws_as_keep() {
  eval "if [ -n \"\${$_aws_as_v+x}\" ]; then _aws_as_was_$_aws_as_v=\$$_aws_as_v; else unset _aws_as_was_$_aws_as_v; fi"
}

_aws_as_put_back() {
  unset "$_aws_as_v"
  eval "if [ -n \"\${_aws_as_was_$_aws_as_v+x}\" ]; then $_aws_as_v=\$_aws_as_was_$_aws_as_v; fi"
  case $_aws_as_exported in
    *" $_aws_as_v "*) eval "if [ -n \"\${$_aws_as_v+x}\" ]; then export $_aws_as_v; fi" ;;
  esac
}

_aws_as_forget() { unset "_aws_as_was_$_aws_as_v" "_aws_as_left_$_aws_as_v"; }

# What a switch left as the region. Where there is another one later, the person set it.
_aws_as_note_region() { eval "_aws_as_left_$_aws_as_v=\${$_aws_as_v+=\$$_aws_as_v}"; }

_aws_as_keep_own_region() {
  eval "if [ \"\${$_aws_as_v+=\$$_aws_as_v}\" != \"\$_aws_as_left_$_aws_as_v\" ]; then
    _aws_as_keep
    _aws_as_exported=\"\$_aws_as_exported\$_aws_as_v \"
  fi"
}

_aws_as_own_region() {
  _aws_as_each_region _aws_as_keep_own_region
  _aws_as_each_region _aws_as_put_back
}

# The label is in the prompt by reference: nothing in it is ever expanded, and a prompt that others keep and bring back
# shows who this shell is now. aws-as.zsh has its own.
# shellcheck disable=SC2016
_aws_as_mark='(${DAYPASS_LABEL:--}) '

_aws_as_show() {
  case ${DAYPASS_LABEL-} in
    *[!A-Za-z0-9._:@/-]*) DAYPASS_LABEL='?' ;;
  esac
  if [ -n "${PS1+x}" ]; then
    case $PS1 in
      *"$_aws_as_mark"*) ;;
      *) PS1=$_aws_as_mark$PS1 ;;
    esac
  fi
}

_aws_as_unshow() {
  case ${PS1-} in
    *"$_aws_as_mark"*) PS1=${PS1%%"$_aws_as_mark"*}${PS1#*"$_aws_as_mark"} ;;
  esac
}

# Who this shell is and for how long, from what was exported.
_aws_as_tell() {
  if [ -z "${DAYPASS_LABEL-}" ]; then
    printf '%s\n' -
    return 0
  fi
  case ${DAYPASS_EXPIRES_AT-} in
    '' | *[!0-9]*)
      printf '%s\n' "$DAYPASS_LABEL"
      return 0
      ;;
  esac
  _aws_as_left=$(((DAYPASS_EXPIRES_AT - ${EPOCHSECONDS:-$(date +%s)}) / 60))
  if [ "$_aws_as_left" -ge 90 ]; then
    printf '%s (%d h %d min left)\n' "$DAYPASS_LABEL" $((_aws_as_left / 60)) $((_aws_as_left % 60))
  elif [ "$_aws_as_left" -ge 1 ]; then
    printf '%s (%d min left)\n' "$DAYPASS_LABEL" "$_aws_as_left"
  elif [ "$DAYPASS_EXPIRES_AT" -gt "${EPOCHSECONDS:-$(date +%s)}" ]; then
    printf '%s (less than a minute left)\n' "$DAYPASS_LABEL"
  else
    printf '%s (expired)\n' "$DAYPASS_LABEL"
  fi
  unset _aws_as_left
}

# An identity that the agent serves through a profile: no process is needed to become it. Fails where it is not listed.
_aws_as_become_listed() {
  [ -r "$HOME/.daypass/shells/identities" ] || return 1
  _aws_as_listed=
  while IFS='	' read -r _aws_as_name _aws_as_profile _aws_as_region _aws_as_label; do
    if [ "$_aws_as_name" = "$1" ]; then
      _aws_as_listed=yes
      break
    fi
  done <"$HOME/.daypass/shells/identities"
  case $_aws_as_label in
    '' | *[!A-Za-z0-9._:@/-]*) _aws_as_listed= ;;
  esac
  if [ -n "$_aws_as_listed" ]; then
    _aws_as_each_credential _aws_as_unset
    _aws_as_own_region
    export AWS_PROFILE="$_aws_as_profile" DAYPASS_IDENTITY="$_aws_as_name" DAYPASS_LABEL="$_aws_as_label"
    if [ "$_aws_as_region" != - ]; then export AWS_REGION="$_aws_as_region" AWS_DEFAULT_REGION="$_aws_as_region"; fi
    _aws_as_each_region _aws_as_note_region
    _aws_as_show
  fi
  unset _aws_as_name _aws_as_profile _aws_as_region _aws_as_label
  [ -n "$_aws_as_listed" ]
}

# Only what begins with our mark is evaluated; anything else, such as a help text, is shown. Nothing changes before the
# program has ended well.
_aws_as_become() {
  _aws_as_status=0
  _aws_as_text=$(command daypass shell-env --shell "$_aws_as_shell" "$@") || _aws_as_status=$?
  if [ "$_aws_as_status" -eq 0 ]; then
    case $_aws_as_text in
      ': aws-as 1;'*)
        _aws_as_own_region
        eval "$_aws_as_text"
        _aws_as_each_region _aws_as_note_region
        _aws_as_show
        ;;
      *) printf '%s\n' "$_aws_as_text" ;;
    esac
  fi
  unset _aws_as_text
  return "$_aws_as_status"
}

_aws_as() {
  if [ $# -eq 0 ]; then
    _aws_as_tell
    return 0
  fi
  # What is no switch is the program's own: `eval "$(aws-as -s)"` once more, or its help.
  case $1 in
    -s | -c | -h | --help | --version)
      command aws-as "$@"
      return
      ;;
  esac
  if [ $# -eq 1 ] && [ "$1" = - ]; then
    _aws_as_each_credential _aws_as_unset
    _aws_as_own_region
    _aws_as_each_region _aws_as_note_region
    _aws_as_show
    return 0
  fi
  if [ $# -eq 2 ] && [ "$2" = --agent ]; then
    if _aws_as_become_listed "$1"; then return 0; fi
  elif [ $# -eq 2 ] && [ "$1" = --agent ]; then
    if _aws_as_become_listed "$2"; then return 0; fi
  fi
  # A trace of what follows would show the keys.
  case $- in
    *x*) set +x ;;
    *)
      _aws_as_become "$@"
      return
      ;;
  esac
  _aws_as_become "$@"
  set -x
  return "$_aws_as_status"
}

_aws_as_deactivate() {
  case $#,${1-} in
    0,) _aws_as_own_region && _aws_as_each_credential _aws_as_put_back ;;
    1,--keep-creds) unset DAYPASS_IDENTITY DAYPASS_LABEL DAYPASS_EXPIRES_AT ;;
    *)
      echo 'aws-as-deactivate: there is no such option' >&2
      echo '  hint: it takes --keep-creds, or nothing' >&2
      return 2
      ;;
  esac
  _aws_as_unshow
  _aws_as_each_credential _aws_as_forget
  _aws_as_each_region _aws_as_forget
  if command -v _aws_as_leave >/dev/null; then _aws_as_leave; fi
  unalias aws-as aws-as-deactivate 2>/dev/null || :
  unset -f aws-as aws-as-deactivate 2>/dev/null || :
  unset _aws_as_v _aws_as_exported _aws_as_mark _aws_as_shell _aws_as_listed _aws_as_status _aws_as_active
  unset -f _aws_as _aws_as_deactivate _aws_as_each_credential _aws_as_each_region _aws_as_unset _aws_as_keep \
    _aws_as_put_back _aws_as_forget _aws_as_note_region _aws_as_keep_own_region _aws_as_own_region _aws_as_show \
    _aws_as_unshow _aws_as_tell _aws_as_become_listed _aws_as_become
}

if [ -n "${ZSH_VERSION-}" ]; then
  _aws_as_shell=zsh
elif [ -n "${BASH_VERSION-}" ]; then
  _aws_as_shell=bash
else
  _aws_as_shell='sh'
fi

# Where a function may not have a hyphen in its name, an alias has it.
unalias aws-as aws-as-deactivate 2>/dev/null || :
case $_aws_as_shell,:${SHELLOPTS-}: in
  sh,* | bash,*:posix:*) alias aws-as=_aws_as aws-as-deactivate=_aws_as_deactivate ;;
  *)
    eval 'aws-as() { _aws_as "$@"; }
      aws-as-deactivate() { _aws_as_deactivate "$@"; }'
    ;;
esac

# Once: a second activation must not take our own values for the person's.
if [ -z "${_aws_as_active-}" ]; then
  _aws_as_active=yes
  # Which of them are exported only another process can tell in every shell.
  # shellcheck disable=SC2016,SC2317
  _aws_as_exported=" $(_aws_as_print() { printf '%s ' "$_aws_as_v"; }
    _aws_as_names=$(_aws_as_each_credential _aws_as_print; _aws_as_each_region _aws_as_print)
    /bin/sh -c 'for name in $0; do eval "[ -z \"\${$name+x}\" ] || printf \"%s \" $name"; done' "$_aws_as_names")"
  _aws_as_each_credential _aws_as_keep
  _aws_as_each_region _aws_as_keep
  _aws_as_each_region _aws_as_note_region
fi
