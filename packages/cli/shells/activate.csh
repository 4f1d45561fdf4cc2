# What "eval `aws-as -c`" reads in tcsh and csh. Its folder is in $_aws_as_shells. There are no functions here: each of our
# words is an alias that reads one of these files.

if (! $?_aws_as_active) then
  set _aws_as_active
  # As it was before: what is not here was not there.
  foreach _aws_as_v (`cat $_aws_as_shells:q/variables` AWS_REGION AWS_DEFAULT_REGION)
    eval 'set _aws_as_is = $?'$_aws_as_v
    if ($_aws_as_is) eval 'set _aws_as_was_'$_aws_as_v' = $'$_aws_as_v':q'
  end
  unset _aws_as_v _aws_as_is
  source $_aws_as_shells:q/note-regions.csh
  if ($?prompt) then
    set _aws_as_prompt = $prompt:q
    # By reference: tcsh shows the variable as it is.
    set prompt = '(%$_aws_as_label) '$prompt:q
  endif
  complete aws-as 'p@1@`cut -f 1 "$HOME/.daypass/shells/identities"`@'
endif

alias aws-as 'set _aws_as_argv = (\!*); source $_aws_as_shells:q/aws-as.csh'
alias aws-as-deactivate 'set _aws_as_argv = (\!*); source $_aws_as_shells:q/deactivate.csh'

source $_aws_as_shells:q/show.csh
