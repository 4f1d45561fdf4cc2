# aws-as-deactivate in tcsh and csh: everything as it was before the activation.

set _aws_as_keep = 0
set _aws_as_wrong = 0
if ($#_aws_as_argv == 1) then
  if ("$_aws_as_argv[1]:q" == '--keep-creds') set _aws_as_keep = 1
endif
if ($#_aws_as_argv != $_aws_as_keep) set _aws_as_wrong = 1

if ($_aws_as_wrong) then
  sh -c 'echo "aws-as-deactivate: there is no such option" >&2; echo "  hint: it takes --keep-creds, or nothing" >&2'
  unset _aws_as_keep _aws_as_wrong _aws_as_argv
  ( exit 2 )
else
  if ($_aws_as_keep) then
    unsetenv DAYPASS_IDENTITY
    unsetenv DAYPASS_LABEL
    unsetenv DAYPASS_EXPIRES_AT
  else
    source $_aws_as_shells:q/regions.csh
    foreach _aws_as_v (`cat $_aws_as_shells:q/variables`)
      unsetenv $_aws_as_v
      eval 'set _aws_as_is = $?_aws_as_was_'$_aws_as_v
      if ($_aws_as_is) eval 'setenv '$_aws_as_v' $_aws_as_was_'$_aws_as_v':q'
    end
  endif
  if ($?prompt) then
    switch ($prompt:q)
    case *_aws_as_label*:
      set prompt = $_aws_as_prompt:q
      breaksw
    endsw
  endif
  uncomplete aws-as
  unalias aws-as
  unalias aws-as-deactivate
  unset _aws_as_*
endif
