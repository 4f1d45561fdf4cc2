# aws-as in PowerShell: switches this session from one identity to another. Read by
# `Invoke-Expression (& aws-as-activate pwsh | Out-String)`.

# By which an SDK finds credentials. What one of them says must never contradict another: SDKs disagree which one wins.
$script:AwsAsVariables = @(
    'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_SECURITY_TOKEN',
    'AWS_CREDENTIAL_FILE', 'AWS_PROFILE', 'AWS_DEFAULT_PROFILE', 'AWS_CREDENTIAL_EXPIRATION',
    'AWS_SESSION_EXPIRATION', 'AWS_ROLE_ARN', 'AWS_ROLE_SESSION_NAME', 'AWS_WEB_IDENTITY_TOKEN_FILE',
    'AWS_CONTAINER_CREDENTIALS_FULL_URI', 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
    'AWS_CONTAINER_AUTHORIZATION_TOKEN', 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE', 'AWS_SDK_LOAD_CONFIG',
    'AWS_ACCOUNT_ID', 'AWS_CREDENTIAL_SCOPE',
    'DAYPASS_IDENTITY', 'DAYPASS_LABEL', 'DAYPASS_EXPIRES_AT'
)
$script:AwsAsRegions = @('AWS_REGION', 'AWS_DEFAULT_REGION')

function script:Set-AwsAsVariable([string]$Name, $Value) {
    if ($null -eq $Value) { Remove-Item -LiteralPath "Env:$Name" -ErrorAction SilentlyContinue }
    else { Set-Item -LiteralPath "Env:$Name" -Value $Value }
}

# What a switch left as the region. Where there is another one later, the person set it.
function script:Save-AwsAsRegion {
    foreach ($name in $script:AwsAsRegions) { $script:AwsAsLeft[$name] = [Environment]::GetEnvironmentVariable($name) }
}

function script:Restore-AwsAsRegion {
    foreach ($name in $script:AwsAsRegions) {
        $now = [Environment]::GetEnvironmentVariable($name)
        if ($now -cne $script:AwsAsLeft[$name]) { $script:AwsAsBefore[$name] = $now }
        Set-AwsAsVariable $name $script:AwsAsBefore[$name]
    }
}

function script:Get-AwsAsLabel {
    if ([string]::IsNullOrEmpty($env:DAYPASS_LABEL)) { '-' }
    elseif ($env:DAYPASS_LABEL -cmatch '^[A-Za-z0-9._:@/-]+\z') { $env:DAYPASS_LABEL }
    else { '?' }
}

# Who this session is and for how long, from what was exported.
function script:Show-AwsAs {
    $label = Get-AwsAsLabel
    if ($env:DAYPASS_EXPIRES_AT -cnotmatch '^[0-9]{1,12}\z') { return $label }
    $seconds = [long]$env:DAYPASS_EXPIRES_AT - [DateTimeOffset]::UtcNow.ToUnixTimeSeconds()
    $minutes = [Math]::Floor($seconds / 60)
    if ($minutes -ge 90) { "$label ($([Math]::Floor($minutes / 60)) h $($minutes % 60) min left)" }
    elseif ($minutes -ge 1) { "$label ($minutes min left)" }
    elseif ($seconds -gt 0) { "$label (less than a minute left)" }
    else { "$label (expired)" }
}

function global:aws-as {
    if ($args.Count -eq 0) { return Show-AwsAs }
    if ($args.Count -eq 1 -and $args[0] -ceq '-') {
        foreach ($name in $script:AwsAsVariables) { Set-AwsAsVariable $name $null }
        Restore-AwsAsRegion
        Save-AwsAsRegion
        return
    }
    # Nothing changes before the program has ended well, and only what begins with our mark is evaluated.
    $program = Get-Command -CommandType Application -Name daypass -ErrorAction Stop | Select-Object -First 1
    $text = & $program shell-env --shell pwsh @args | Out-String
    if ($LASTEXITCODE -ne 0) { return }
    if (-not $text.StartsWith('$null = ''aws-as 1'';', [StringComparison]::Ordinal)) { return $text }
    Restore-AwsAsRegion
    Invoke-Expression $text
    Save-AwsAsRegion
}

function global:aws-as-deactivate {
    if ($args.Count -gt 1 -or ($args.Count -eq 1 -and $args[0] -cne '--keep-creds')) {
        Write-Error 'aws-as-deactivate: there is no such option; it takes --keep-creds, or nothing'
        return
    }
    if ($args.Count -eq 1) {
        foreach ($name in 'DAYPASS_IDENTITY', 'DAYPASS_LABEL', 'DAYPASS_EXPIRES_AT') { Set-AwsAsVariable $name $null }
    }
    else {
        Restore-AwsAsRegion
        foreach ($name in $script:AwsAsVariables) { Set-AwsAsVariable $name $script:AwsAsBefore[$name] }
    }
    Set-Item -LiteralPath Function:global:prompt -Value $script:AwsAsPrompt
    Remove-Item -LiteralPath Function:aws-as, Function:aws-as-deactivate, Function:Set-AwsAsVariable,
        Function:Save-AwsAsRegion, Function:Restore-AwsAsRegion, Function:Get-AwsAsLabel, Function:Show-AwsAs
    $script:AwsAsBefore = $null
}

# Once: a second activation must not take our own values for the person's.
if ($null -eq $script:AwsAsBefore) {
    $script:AwsAsBefore = @{}
    $script:AwsAsLeft = @{}
    foreach ($name in $script:AwsAsVariables + $script:AwsAsRegions) {
        $script:AwsAsBefore[$name] = [Environment]::GetEnvironmentVariable($name)
    }
    Save-AwsAsRegion
    $script:AwsAsPrompt = (Get-Item -LiteralPath Function:prompt).ScriptBlock
    function global:prompt { "($(Get-AwsAsLabel)) $(& $script:AwsAsPrompt)" }
}
