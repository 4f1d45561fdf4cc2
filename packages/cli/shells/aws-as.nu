# aws-as in Nushell, which evaluates no text: save it with `aws-as-activate nu | save -f aws-as.nu`, then `use aws-as.nu *`.
# A region that a switch has set stays until the next one: nothing here remembers what was there before.

# By which an SDK finds credentials. What one of them says must never contradict another: SDKs disagree which one wins.
const variables = [
    AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_SECURITY_TOKEN
    AWS_CREDENTIAL_FILE AWS_PROFILE AWS_DEFAULT_PROFILE AWS_CREDENTIAL_EXPIRATION
    AWS_SESSION_EXPIRATION AWS_ROLE_ARN AWS_ROLE_SESSION_NAME AWS_WEB_IDENTITY_TOKEN_FILE
    AWS_CONTAINER_CREDENTIALS_FULL_URI AWS_CONTAINER_CREDENTIALS_RELATIVE_URI
    AWS_CONTAINER_AUTHORIZATION_TOKEN AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE AWS_SDK_LOAD_CONFIG AWS_ACCOUNT_ID AWS_CREDENTIAL_SCOPE
    DAYPASS_IDENTITY DAYPASS_LABEL DAYPASS_EXPIRES_AT
]

# Switch this shell to an identity; `-` takes every identity away, and nothing shows who it is.
export def --env --wrapped aws-as [...words: string] {
    if ($words | is-empty) {
        print ($env.DAYPASS_LABEL? | default "-")
    } else if $words == ["-"] {
        for name in $variables { hide-env --ignore-errors $name }
    } else {
        let answer = (^daypass shell-env --shell nu ...$words | complete)
        if $answer.exit_code != 0 { error make --unspanned { msg: ($answer.stderr | str trim) } }
        # Nothing changes before the program has ended well.
        let changes = ($answer.stdout | from json)
        for name in $variables { hide-env --ignore-errors $name }
        load-env ($changes | transpose name value | where value != null | transpose --header-row --as-record)
    }
}
