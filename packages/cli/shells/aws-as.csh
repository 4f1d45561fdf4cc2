# aws-as in tcsh and csh: $_aws_as_argv is what was typed after it.

set _aws_as_status = 0
if ($#_aws_as_argv == 0) then
  if ($_aws_as_label:q == '-') then
    echo '-'
  else if ($?DAYPASS_EXPIRES_AT) then
    @ _aws_as_minutes = ($DAYPASS_EXPIRES_AT - `date +%s`) / 60
    if ($_aws_as_minutes >= 90) then
      @ _aws_as_hours = $_aws_as_minutes / 60
      @ _aws_as_minutes = $_aws_as_minutes % 60
      echo "$_aws_as_label ($_aws_as_hours h $_aws_as_minutes min left)"
      unset _aws_as_hours
    else if ($_aws_as_minutes >= 1) then
      echo "$_aws_as_label ($_aws_as_minutes min left)"
    else if ($DAYPASS_EXPIRES_AT > `date +%s`) then
      echo "$_aws_as_label (less than a minute left)"
    else
      echo "$_aws_as_label (expired)"
    endif
    unset _aws_as_minutes
  else
    echo "$_aws_as_label"
  endif
else
  set _aws_as_is = 0
  if ($#_aws_as_argv == 1) then
    switch ($_aws_as_argv[1]:q)
    case '-':
      set _aws_as_is = 1
      breaksw
    case '-[sch]':
    case '--help':
    case '--version':
      set _aws_as_is = 2
      breaksw
    endsw
  endif
  if ($_aws_as_is == 2) then
    # What is no switch is the program's own.
    \aws-as $_aws_as_argv:q
    set _aws_as_status = $status
  else if ($_aws_as_is) then
    foreach _aws_as_v (`cat $_aws_as_shells:q/variables`)
      unsetenv $_aws_as_v
    end
    source $_aws_as_shells:q/regions.csh
    source $_aws_as_shells:q/note-regions.csh
    source $_aws_as_shells:q/show.csh
  else
    source $_aws_as_shells:q/become.csh
  endif
endif
unset _aws_as_argv _aws_as_is
# The last one, so that it is the alias's own.
( exit $_aws_as_status )
