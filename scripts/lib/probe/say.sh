# shellcheck shell=bash
# What the script says, how it ends, and how text becomes a word of a shell or a string of JSON. Sourced, not run.

# Exit codes, as the probe's own.
readonly USAGE=2 BAD_INPUT=3
COULD_NOT_LOOK=71
# Who is speaking; another script that says things sets it, and its own code, anew.
program=scripts/probe

progress_shown=
progress_last=

# tell TEXT: everything of the script's own goes to standard error; standard output is the report's.
tell() {
    clear_progress
    printf '%s\n' "$*" >&2
}

# die CODE TEXT
die() {
    local code=$1
    shift
    tell "$program: $(unobeyed "$*")"
    exit "$code"
}

# progress STATE TIME: one line that is written over on a terminal; elsewhere a line each time the state changes.
progress() {
    if [ -t 2 ]; then
        printf '\r\033[K%s (%s)' "$1" "$2" >&2
        progress_shown=1
    elif [ "$1" != "$progress_last" ]; then
        printf '%s (%s)\n' "$1" "$2" >&2
    fi
    progress_last=$1
}

clear_progress() {
    if [ -n "$progress_shown" ]; then printf '\r\033[K' >&2; fi
    progress_shown=
}

# pause SECONDS: a sleep that a signal ends at once. What runs beside the script is in `beside`, to be ended with it.
beside=()
pause() {
    sleep "$1" &
    beside=("$!")
    wait "$!" || true
    beside=()
}

# word TEXT: as it can be pasted into a shell.
word() {
    case "$1" in
        '' | *[!A-Za-z0-9_./:=@%+,-]*) printf "'%s'" "${1//\'/\'\\\'\'}" ;;
        *) printf '%s' "$1" ;;
    esac
}

# words TEXT...: a command line of them.
words() {
    local separator='' one
    for one in "$@"; do
        printf '%s' "$separator"
        word "$one"
        separator=' '
    done
}

# json_string TEXT: as JSON writes it.
json_string() {
    local text=$1 code raw escaped
    local LC_ALL=C
    text=${text//\\/\\\\}
    text=${text//\"/\\\"}
    text=${text//$'\n'/\\n}
    text=${text//$'\t'/\\t}
    text=${text//$'\r'/\\r}
    case "$text" in
        *[$'\001'-$'\037']*)
            for ((code = 1; code < 32; code++)); do
                printf -v raw '%b' "\\0$(printf '%03o' "$code")"
                printf -v escaped '\\u%04x' "$code"
                text=${text//"$raw"/"$escaped"}
            done
            ;;
    esac
    printf '"%s"' "$text"
}

# What a terminal would obey, in UTF-8: control characters, and those that turn the direction of writing.
readonly OBEYED=$'s/\xc2[\x80-\x9f]//g; s/\xe2\x80[\x8b-\x8f\xaa-\xae]//g; s/\xe2\x81[\xa6-\xa9]//g'

# unobeyed TEXT: without what a terminal would obey; for what came in an argument.
unobeyed() { printf '%s' "$1" | LC_ALL=C tr -d '\000-\010\013-\037\177' | LC_ALL=C sed -e "$OBEYED"; }

# one_line: standard input without its line ends, what a terminal would obey, and what the AWS CLI puts before its complaints.
one_line() {
    tr '\r\n\t' '   ' | LC_ALL=C tr -d '\000-\037\177' | LC_ALL=C sed -e "$OBEYED" | sed -e 's/  */ /g' -e 's/^ //' -e 's/ $//' -e 's/^aws: \[ERROR\]: //' \
        -e 's/^\(aws: error\|usage\): //' -e 's/ Encoded authorization failure message: [^ ]*//' |
        cut -c 1-1000
}

# joined SEPARATOR TEXT...
joined() {
    local separator=$1 result=${2:-} one
    shift
    [ $# -eq 0 ] || shift
    for one in "$@"; do result="$result$separator$one"; done
    printf '%s' "$result"
}

# counted NUMBER NOUN: with its plural.
counted() {
    if [ "$1" -eq 1 ]; then printf '%s %s' "$1" "$2"; else printf '%s %ss' "$1" "$2"; fi
}

# name_of ARN-OR-NAME: what stands behind the last slash.
name_of() { printf '%s' "${1##*/}"; }
