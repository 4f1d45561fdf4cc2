# aws-as in fish: switches this shell from one identity to another. Read by `aws-as-activate fish | source`.

# By which an SDK finds credentials. What one of them says must never contradict another: SDKs disagree which one wins.
set -g _aws_as_variables AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_SECURITY_TOKEN \
    AWS_CREDENTIAL_FILE AWS_PROFILE AWS_DEFAULT_PROFILE AWS_CREDENTIAL_EXPIRATION AWS_SESSION_EXPIRATION \
    AWS_ROLE_ARN AWS_ROLE_SESSION_NAME AWS_WEB_IDENTITY_TOKEN_FILE AWS_CONTAINER_CREDENTIALS_FULL_URI \
    AWS_CONTAINER_CREDENTIALS_RELATIVE_URI AWS_CONTAINER_AUTHORIZATION_TOKEN \
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE AWS_SDK_LOAD_CONFIG AWS_ACCOUNT_ID AWS_CREDENTIAL_SCOPE \
    DAYPASS_IDENTITY DAYPASS_LABEL DAYPASS_EXPIRES_AT

function _aws_as_keep -a name
    set -eg _aws_as_was_$name
    set -q $name; and set -g _aws_as_was_$name $$name
    set -g _aws_as_exported (string match -v -- $name $_aws_as_exported)
    set -qx $name; and set -ga _aws_as_exported $name
end

function _aws_as_put_back -a name
    set -eg $name
    set -l was _aws_as_was_$name
    set -q $was; or return 0
    if contains -- $name $_aws_as_exported
        set -gx $name $$was
    else
        set -g $name $$was
    end
end

# What a switch left as the region. Where there is another one later, the person set it.
function _aws_as_note_regions
    set -g _aws_as_left_AWS_REGION $AWS_REGION
    set -g _aws_as_left_AWS_DEFAULT_REGION $AWS_DEFAULT_REGION
end

function _aws_as_own_regions
    for name in AWS_REGION AWS_DEFAULT_REGION
        set -l left _aws_as_left_$name
        test "$$name" = "$$left"; or _aws_as_keep $name
        _aws_as_put_back $name
    end
end

function _aws_as_clear
    for name in $_aws_as_variables
        set -eg $name
    end
    _aws_as_own_regions
end

function _aws_as_label
    if not set -q DAYPASS_LABEL; or test -z "$DAYPASS_LABEL"
        echo -
    else if string match -qr '^[A-Za-z0-9._:@/-]+\z' -- "$DAYPASS_LABEL"
        echo "$DAYPASS_LABEL"
    else
        echo '?'
    end
end

# Who this shell is and for how long, from what was exported.
function _aws_as_tell
    set -l label (_aws_as_label)
    if not string match -qr '^[0-9]{1,12}\z' -- "$DAYPASS_EXPIRES_AT"
        echo $label
        return 0
    end
    set -l seconds (math $DAYPASS_EXPIRES_AT - (date +%s))
    set -l minutes (math -s0 $seconds / 60)
    if test $minutes -ge 90
        echo "$label ("(math -s0 $minutes / 60)" h "(math $minutes % 60)" min left)"
    else if test $minutes -ge 1
        echo "$label ($minutes min left)"
    else if test $seconds -gt 0
        echo "$label (less than a minute left)"
    else
        echo "$label (expired)"
    end
end

# An identity that the agent serves through a profile: no process is needed to become it. Fails where it is not listed.
function _aws_as_become_listed -a wanted
    test -r "$HOME/.daypass/shells/identities"; or return 1
    while read -d \t -l name profile region label
        test "$name" = "$wanted"; or continue
        string match -qr '^[A-Za-z0-9._:@/-]+\z' -- "$label"; or return 1
        _aws_as_clear
        set -gx AWS_PROFILE $profile
        set -gx DAYPASS_IDENTITY $name
        set -gx DAYPASS_LABEL $label
        if test "$region" != -
            set -gx AWS_REGION $region
            set -gx AWS_DEFAULT_REGION $region
        end
        _aws_as_note_regions
        return 0
    end <"$HOME/.daypass/shells/identities"
    return 1
end

function aws-as
    if test (count $argv) -eq 0
        _aws_as_tell
        return 0
    end
    # What is no switch is the program's own.
    if contains -- "$argv[1]" -s -c -h --help --version
        command aws-as $argv
        return
    end
    if test (count $argv) -eq 1; and test "$argv[1]" = -
        _aws_as_clear
        _aws_as_note_regions
        return 0
    end
    if test (count $argv) -eq 2
        if test "$argv[2]" = --agent
            _aws_as_become_listed $argv[1]; and return 0
        else if test "$argv[1]" = --agent
            _aws_as_become_listed $argv[2]; and return 0
        end
    end
    # Nothing changes before the program has ended well, and only what begins with our mark is evaluated.
    set -l text (command daypass shell-env --shell fish $argv)
    set -l code $status
    test $code -eq 0; or return $code
    if test "$text[1]" != ': aws-as 1;'
        string join \n -- $text
        return 0
    end
    _aws_as_own_regions
    string join \n -- $text | source
    _aws_as_note_regions
    # Of what was evaluated fish keeps the status of the last erasure, which is 4 where there was nothing to erase.
    return 0
end

function _aws_as_status -a code
    return $code
end

function _aws_as_names
    test -r "$HOME/.daypass/shells/identities"; or return 0
    while read -d \t -l name rest
        echo $name
    end <"$HOME/.daypass/shells/identities"
end

function aws-as-deactivate
    if test (count $argv) -eq 0
        _aws_as_own_regions
        for name in $_aws_as_variables
            _aws_as_put_back $name
        end
    else if test (count $argv) -eq 1; and test "$argv[1]" = --keep-creds
        set -eg DAYPASS_IDENTITY DAYPASS_LABEL DAYPASS_EXPIRES_AT
    else
        echo 'aws-as-deactivate: there is no such option' >&2
        echo '  hint: it takes --keep-creds, or nothing' >&2
        return 2
    end
    # A prompt that somebody defined since is theirs.
    if functions fish_prompt | string match -q '*_aws_as_prompt_was*'
        functions -e fish_prompt
        functions -c _aws_as_prompt_was fish_prompt
    end
    complete -e aws-as
    functions -e _aws_as_prompt_was _aws_as_keep _aws_as_put_back _aws_as_note_regions _aws_as_own_regions \
        _aws_as_clear _aws_as_label _aws_as_tell _aws_as_become_listed _aws_as_status _aws_as_names aws-as \
        aws-as-deactivate
    for name in (set -gn | string match '_aws_as_*')
        set -eg $name
    end
end

complete -c aws-as -f -n '__fish_is_first_arg' -a '(_aws_as_names)'

# Once: a second activation must not take our own values for the person's.
if not set -q _aws_as_active
    set -g _aws_as_active yes
    for name in $_aws_as_variables AWS_REGION AWS_DEFAULT_REGION
        _aws_as_keep $name
    end
    _aws_as_note_regions
    functions -c fish_prompt _aws_as_prompt_was
    function fish_prompt
        # What the prompt that was there says of the last command must stay true.
        set -l code $status
        echo -n "("(_aws_as_label)") "
        _aws_as_status $code
        _aws_as_prompt_was
    end
end
