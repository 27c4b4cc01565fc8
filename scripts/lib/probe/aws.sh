# shellcheck shell=bash
# Calls of the AWS CLI: what reads is made, what changes is made or shown, and a refusal becomes a sentence. Sourced, not run.

# prepare_aws: settings that hold for every call, so that nothing waits for a key and throttling is retried.
prepare_aws() {
    command -v aws >/dev/null ||
        die "$COULD_NOT_LOOK" "there is no aws: install the AWS CLI (https://docs.aws.amazon.com/cli/), version 1 or 2"
    export AWS_PAGER='' AWS_CLI_AUTO_PROMPT=off
    export AWS_RETRY_MODE=${AWS_RETRY_MODE:-standard} AWS_MAX_ATTEMPTS=${AWS_MAX_ATTEMPTS:-5}
    # Reports are UTF-8 whatever the terminal is.
    export PYTHONUTF8=1 PYTHONIOENCODING=utf-8 AWS_CLI_OUTPUT_ENCODING=utf-8
    profile_flags=()
    if [ -n "$profile" ]; then profile_flags=(--profile "$profile"); fi
    [ -n "$region" ] || region=${AWS_REGION:-${AWS_DEFAULT_REGION:-}}
    [ -n "$region" ] || region=$(aws configure get region ${profile_flags[@]+"${profile_flags[@]}"} 2>/dev/null || true)
    [ -n "$region" ] || die "$USAGE" "no Region is known: give --region, or set AWS_REGION"
    aws_flags=(--region "$region" ${profile_flags[@]+"${profile_flags[@]}"})
}

# ask SERVICE OPERATION...: a call that changes nothing. Its complaint stays in a file.
ask() {
    aws "$@" "${aws_flags[@]}" --cli-connect-timeout 10 2>"$work/complaint"
}

# change SERVICE OPERATION...: a call that changes something; under --dry-run it is shown instead.
change() {
    if [ -n "$dry_run" ]; then
        show aws "$@" "${aws_flags[@]}"
        return 0
    fi
    ask "$@"
}

# show COMMAND...: a line to paste; also from within a substitution.
show() {
    words "$@" >&3
    printf '\n' >&3
}

# show_as NAME COMMAND...: the same, with its answer kept for the lines that follow.
show_as() {
    local name=$1
    shift
    # shellcheck disable=SC2016 # the reader's shell is to run it
    printf '%s=$(%s)\n' "$name" "$(words "$@")" >&3
}

# complaint: what the last call that failed said, in one line.
complaint() { one_line <"$work/complaint"; }

# complains PATTERN: whether the last call that failed said so.
complains() { grep -Eq -- "$1" "$work/complaint"; }

is_denied() {
    complains 'AccessDenied|UnauthorizedOperation|AuthorizationError|not authorized to perform|Forbidden'
}

# refused_permission DEFAULT: the one that AWS names.
refused_permission() {
    local named
    named=$(complaint | sed -n 's/.*not authorized to perform: \([a-z0-9-]*:[A-Za-z]*\).*/\1/p')
    printf '%s' "${named:-$1}"
}

# why_not STEP PERMISSION [WITHOUT]: what went wrong in the last call, as one sentence.
why_not() {
    local step=$1 permission=$2 without=${3:-} text
    text=$(complaint)
    if is_denied; then
        printf '%s: no permission %s%s' "$step" "$(refused_permission "$permission")" "${without:+; $without}"
    elif complains 'Unable to locate credentials|ExpiredToken|InvalidClientTokenId|UnrecognizedClient|security token included|SSO|could not be found|Partial credentials'; then
        printf '%s: AWS does not know who asks (%s): sign in, or give --profile' "$step" "$text"
    elif complains 'Throttl|Rate exceeded|RequestLimitExceeded|TooManyRequests'; then
        printf '%s: AWS throttles the calls, and %s tries were not enough (%s): wait a minute' "$step" "$AWS_MAX_ATTEMPTS" "$text"
    elif complains 'Could not connect|Connect timeout|Read timeout|Connection was closed'; then
        printf '%s: AWS does not answer this machine (%s)' "$step" "$text"
    else
        printf '%s: %s' "$step" "${text:-the AWS CLI failed without a word}"
    fi
}

# Whether no other call would fare better: no credentials, no network.
is_hopeless() {
    complains 'Unable to locate credentials|ExpiredToken|InvalidClientTokenId|UnrecognizedClient|SSO|Partial credentials|Could not connect'
}

# needed STEP PERMISSION [WITHOUT]: the last call was needed; end with the reason.
needed() { die "$COULD_NOT_LOOK" "$(why_not "$@")"; }

# missed STEP PERMISSION WITHOUT: the last call was of use but not needed; say so and go on.
missed() {
    if is_hopeless; then needed "$@"; fi
    tell "warning: $(why_not "$@")"
    is_denied || tell "  $3"
}
