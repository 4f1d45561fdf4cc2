# aws-as in Nushell: switches this shell from one identity to another. Nushell evaluates no text, so this is saved as a
# file first: `aws-as-activate nu | save --force aws-as.nu`, then `source aws-as.nu`; or in a folder of
# $nu.user-autoload-dirs, for each shell to come. (A module may not be called like its command, so `use` needs another name.)

# By which an SDK finds credentials. What one of them says must never contradict another: SDKs disagree which one wins.
const _aws_as_variables = [
    AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_SECURITY_TOKEN
    AWS_CREDENTIAL_FILE AWS_PROFILE AWS_DEFAULT_PROFILE AWS_CREDENTIAL_EXPIRATION
    AWS_SESSION_EXPIRATION AWS_ROLE_ARN AWS_ROLE_SESSION_NAME AWS_WEB_IDENTITY_TOKEN_FILE
    AWS_CONTAINER_CREDENTIALS_FULL_URI AWS_CONTAINER_CREDENTIALS_RELATIVE_URI
    AWS_CONTAINER_AUTHORIZATION_TOKEN AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE AWS_SDK_LOAD_CONFIG AWS_ACCOUNT_ID AWS_CREDENTIAL_SCOPE
    DAYPASS_IDENTITY DAYPASS_LABEL DAYPASS_EXPIRES_AT
]
const _aws_as_regions = [AWS_REGION AWS_DEFAULT_REGION]

# Those of them that there are, with their values.
def _aws_as_present [keys: list<string>] { $env | transpose key value | where key in $keys and value != null }

# `hide-env` takes away what the innermost call has set, and then what was set around it is seen again. Nothing instead of
# a text hides that: other programs get no such variable.
def --env _aws_as_unset [keys: list<string>] {
    for key in $keys {
        hide-env --ignore-errors $key
        if $key in ($env | columns) { load-env { ($key): null } }
    }
}

def --env _aws_as_put_back [keys: list<string>, before: table] {
    _aws_as_unset ($keys | where {|key| $key not-in ($before | get key) })
    for one in ($before | where key in $keys) { load-env { ($one.key): $one.value } }
}

# What a switch left as the region. Where there is another one later, the person set it.
def --env _aws_as_note_regions [] { $env._AWS_AS.left = (_aws_as_present $_aws_as_regions) }

# What was there before, with the regions that are the person's now.
def _aws_as_before [] {
    let now = _aws_as_present $_aws_as_regions
    let state = $env._AWS_AS
    let theirs = $_aws_as_regions | where {|key| ($now | where key == $key) != ($state.left | where key == $key) }
    ($state.before | where key not-in $theirs) ++ ($now | where key in $theirs)
}

def --env _aws_as_own_regions [] {
    let before = _aws_as_before
    _aws_as_put_back $_aws_as_regions $before
    $env._AWS_AS.before = $before
}

def _aws_as_label [] {
    let label = $env.DAYPASS_LABEL? | default "" | into string
    if $label == "" { "-" } else if $label =~ '^[A-Za-z0-9._:@/-]+\z' { $label } else { "?" }
}

# Who this shell is and for how long, from what was exported.
def _aws_as_tell [] {
    let label = _aws_as_label
    let until = $env.DAYPASS_EXPIRES_AT? | default "" | into string
    if $until !~ '^[0-9]{1,12}\z' { return $label }
    let seconds = ($until | into int) - (date now | format date "%s" | into int)
    let minutes = $seconds // 60
    if $minutes >= 90 {
        $"($label) \(($minutes // 60) h ($minutes mod 60) min left\)"
    } else if $minutes >= 1 {
        $"($label) \(($minutes) min left\)"
    } else if $seconds > 0 {
        $"($label) \(less than a minute left\)"
    } else {
        $"($label) \(expired\)"
    }
}

# The list of identities, as far as it can be read: name, profile, region and label of each.
def _aws_as_list [] {
    try {
        open --raw ($env.HOME | path join .daypass shells identities)
        | decode utf-8
        | lines
        | split column "\t" name profile region label
    } catch { [] }
}

# By Tab: each as one inert word.
def _aws_as_names [words: list<string>] {
    let typed = $words | last
    _aws_as_list
    | get name
    | each {|name| if $name =~ '^[A-Za-z][A-Za-z0-9._:@/-]*\z' { $name } else { $name | to json } }
    | where {|word| $word | str starts-with $typed }
}

# An identity that the agent serves through a profile: no process is needed to become it. False where it is not listed.
def --env _aws_as_become_listed [wanted: string] {
    let found = _aws_as_list | where name == $wanted | get 0?
    if ($found.label? | default "") !~ '^[A-Za-z0-9._:@/-]+\z' { return false }
    _aws_as_unset $_aws_as_variables
    _aws_as_own_regions
    load-env { AWS_PROFILE: $found.profile, DAYPASS_IDENTITY: $found.name, DAYPASS_LABEL: $found.label }
    if $found.region != "-" { load-env { AWS_REGION: $found.region, AWS_DEFAULT_REGION: $found.region } }
    _aws_as_note_regions
    true
}

# Nothing changes before the program has ended well: where it fails, this ends with its exit code. Only what begins with our
# mark is taken over; anything else, such as a help text, is shown.
def --env _aws_as_become [words: list<string>] {
    let answer = ^daypass shell-env --shell nu ...$words
    let parts = $answer | split row --number 2 "\n"
    if $parts.0? != ": aws-as 1;" { return $answer }
    # Nushell would tell what is wrong with it by showing it, keys and all; an error made within `catch` has that one with it.
    let changes = try { $parts.1 | from json --strict | transpose key value } catch { null }
    if $changes == null {
        error make --unspanned { msg: "the answer of daypass is damaged; nothing was switched" }
    }
    _aws_as_own_regions
    for change in $changes {
        if $change.value == null { _aws_as_unset [$change.key] } else { load-env { ($change.key): $change.value } }
    }
    _aws_as_note_regions
}

# Switch this shell to an identity; `-` takes every identity away, and nothing shows who it is.
@complete _aws_as_names
export def --env --wrapped aws-as [...words] {
    let words = $words | each { into string }
    # What is no switch is the program's own.
    if $env._AWS_AS? == null or $words.0? in ["-s" "-c" "-h" "--help" "--version"] {
        ^aws-as ...$words
    } else if $words == [] {
        _aws_as_tell
    } else if $words == ["-"] {
        _aws_as_unset $_aws_as_variables
        _aws_as_own_regions
        _aws_as_note_regions
    } else {
        let rest = $words | where $it != "--agent"
        let is_listed = ($words | length) == 2 and ($rest | length) == 1 and (_aws_as_become_listed $rest.0)
        if not $is_listed { _aws_as_become $words }
    }
}

# Bring back the environment and the prompt of before; with --keep-creds the credentials stay. The commands themselves stay
# until the shell ends: Nushell takes them away only where `hide aws-as aws-as-deactivate` is typed.
export def --env aws-as-deactivate [
    --keep-creds # let the credentials stay
] {
    if $env._AWS_AS? == null { return }
    let state = $env._AWS_AS
    if $keep_creds {
        _aws_as_unset [DAYPASS_IDENTITY DAYPASS_LABEL DAYPASS_EXPIRES_AT]
    } else {
        _aws_as_put_back ($_aws_as_regions ++ $_aws_as_variables) (_aws_as_before)
    }
    # A prompt that somebody defined since is theirs.
    let prompt = $env.PROMPT_COMMAND?
    if ($prompt | describe) == closure and (view source $prompt) =~ _aws_as_prompt {
        if $state.prompt == null { _aws_as_unset [PROMPT_COMMAND] } else { $env.PROMPT_COMMAND = $state.prompt }
    }
    _aws_as_unset [_AWS_AS]
}

def _aws_as_prompt [was: any] {
    let text = match ($was | describe) { closure => (do $was), nothing => $env.PWD, _ => $was }
    $"\((_aws_as_label)) ($text)"
}

export-env {
    # Once: a second activation must not take our own values for the person's.
    if $env._AWS_AS? == null {
        let was = $env.PROMPT_COMMAND?
        # No text, so that other programs do not see it.
        $env._AWS_AS = {
            before: (_aws_as_present ($_aws_as_variables ++ $_aws_as_regions))
            left: (_aws_as_present $_aws_as_regions)
            prompt: $was
        }
        # Without a person, a text in it is another shell's.
        if $nu.is-interactive or ($was | describe) == closure { $env.PROMPT_COMMAND = {|| _aws_as_prompt $was } }
    }
}
