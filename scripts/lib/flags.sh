# shellcheck shell=bash
# A command line of flags, each with its value behind it or behind an =. Sourced, not run.
#
# Whoever sources it has usage, wrong and take FLAG VALUE, and where it has them, a take_switch and a take_rest of its own.

# take_switch FLAG: whether it is one without a value; then it is taken.
take_switch() { return 1; }

# take_rest ARGUMENT...: what stands after --.
take_rest() { wrong "there is no --"; }

# What is said of a word that is no flag, besides that.
no_flag_hint=''

# parse_flags ARGUMENT...
parse_flags() {
    local flag value
    while [ $# -gt 0 ]; do
        flag=$1
        shift
        case "$flag" in
            --) take_rest "$@"; return ;;
            -h | --help) usage; exit 0 ;;
            --*) ;;
            *) wrong "$flag is no flag$no_flag_hint" ;;
        esac
        if take_switch "$flag"; then continue; fi
        case "$flag" in
            --*=*) value=${flag#*=} flag=${flag%%=*} ;;
            *)
                value=
                case "${1:-}" in '' | --*) ;; *) value=$1 && shift ;; esac
                ;;
        esac
        take "$flag" "$value"
    done
}
