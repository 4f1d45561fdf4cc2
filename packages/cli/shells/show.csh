# What the prompt shows as $_aws_as_label: only letters, digits and what is in names of roles.
set _aws_as_label = -
if ($?DAYPASS_LABEL) then
  switch ($DAYPASS_LABEL:q)
  case '':
    breaksw
  case *[^A-Za-z0-9._:@/-]*:
    set _aws_as_label = '?'
    breaksw
  default:
    set _aws_as_label = $DAYPASS_LABEL:q
    breaksw
  endsw
endif
