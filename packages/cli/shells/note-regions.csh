# Remembers which region a switch left.
foreach _aws_as_v (AWS_REGION AWS_DEFAULT_REGION)
  eval 'set _aws_as_is = $?'$_aws_as_v
  if ($_aws_as_is) then
    eval 'set _aws_as_left_'$_aws_as_v' = =$'$_aws_as_v':q'
  else
    eval 'set _aws_as_left_'$_aws_as_v' = ""'
  endif
end
unset _aws_as_v _aws_as_is
