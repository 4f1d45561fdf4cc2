# Switches tcsh or csh to the identity in $_aws_as_argv, and leaves the exit code in $_aws_as_status.

# One word for each line; the last one says how the program ended, for a failure must change nothing.
set _aws_as_text = ( "`daypass shell-env --shell tcsh "'$_aws_as_argv:q'"; echo ended "'$status'"`" )
set _aws_as_status = `echo "$_aws_as_text[$#_aws_as_text]" | sed 's/^ended //'`
if ($_aws_as_status == 0) then
  switch ($_aws_as_text[1]:q)
  case ': aws-as 1;':
    @ _aws_as_last = $#_aws_as_text - 1
    source $_aws_as_shells:q/regions.csh
    eval $_aws_as_text[1-$_aws_as_last]:q
    unset _aws_as_last
    source $_aws_as_shells:q/note-regions.csh
    source $_aws_as_shells:q/show.csh
    breaksw
  default:
    # A help text, or such.
    while ($#_aws_as_text > 1)
      echo $_aws_as_text[1]:q
      shift _aws_as_text
    end
    breaksw
  endsw
endif
unset _aws_as_text
