# shellcheck shell=sh
# What `eval "$(aws-as -s)"` reads in bash, zsh, dash and ksh. _aws_as_shells is the folder of this file.
# shellcheck disable=SC1091,SC2154,SC2016

if [ -n "${ZSH_VERSION-}" ]; then
  # What is written for every shell is read as sh; its functions stay that way, whatever options are set later.
  emulate sh -c '. "$_aws_as_shells/aws-as.sh"'
  . "$_aws_as_shells/aws-as.zsh"
else
  . "$_aws_as_shells/aws-as.sh"
  if [ -n "${BASH_VERSION-}" ]; then . "$_aws_as_shells/aws-as.bash"; fi
fi
unset _aws_as_shells
_aws_as_show
