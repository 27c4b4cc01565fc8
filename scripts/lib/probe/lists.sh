# shellcheck shell=bash
# Values of flags: lists, words, ids. Sourced, not run.

wrong() { die "$USAGE" "$1 ($program --help)"; }

upper() { printf '%s' "$1" | tr '[:lower:]' '[:upper:]'; }

# split_list ARRAY TEXT: at commas and white space, each part once.
split_list() {
    local parts=() known=' ' part
    # shellcheck disable=SC2086,SC2206 # the parts are wanted; names of subnets and groups hold nothing that a shell expands
    set -f && parts=(${2//,/ }) && set +f
    for part in ${parts[@]+"${parts[@]}"}; do
        case "$known" in *" $part "*) continue ;; esac
        known="$known$part "
        case "$1" in
            subnets) subnets+=("$part") ;;
            groups) groups+=("$part") ;;
        esac
    done
}

is_among() { case "$2" in *[[:space:]]"$1"[[:space:]]*) return 0 ;; esac; return 1; }

# check_ids: what is given to AWS as an id is one.
check_ids() {
    local one
    for one in ${subnets[@]+"${subnets[@]}"}; do
        [[ $one =~ ^subnet-[a-z0-9]+$ ]] || wrong "$one is no subnet's id (subnet-…)"
    done
    for one in ${groups[@]+"${groups[@]}"}; do
        [[ $one =~ ^sg-[a-z0-9]+$ ]] || wrong "$one is no security group's id (sg-…)"
    done
}
