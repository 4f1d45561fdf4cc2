# Puts back the region that the person had set. Where there is another one than a switch left, it is the person's.
foreach _aws_as_v (AWS_REGION AWS_DEFAULT_REGION)
  eval 'set _aws_as_is = $?'$_aws_as_v
  if ($_aws_as_is) then
    eval 'set _aws_as_now = =$'$_aws_as_v':q'
  else
    set _aws_as_now = ''
  endif
  eval 'set _aws_as_left = $_aws_as_left_'$_aws_as_v':q'
  if ("$_aws_as_now:q" != "$_aws_as_left:q") then
    unset _aws_as_was_$_aws_as_v
    if ($_aws_as_is) eval 'set _aws_as_was_'$_aws_as_v' = $'$_aws_as_v':q'
  endif
  unsetenv $_aws_as_v
  eval 'set _aws_as_is = $?_aws_as_was_'$_aws_as_v
  if ($_aws_as_is) eval 'setenv '$_aws_as_v' $_aws_as_was_'$_aws_as_v':q'
end
unset _aws_as_v _aws_as_is _aws_as_now _aws_as_left
