# shellcheck shell=bash
# Calls of the AWS CLI, some at once: each answers for a section of the file, or leaves why it has none. Sourced, not run.

# A call takes about a second, most of it the AWS CLI's own start; more at once would meet EC2's request limits.
readonly AT_ONCE=6
# Of an answer that doesn't come: what the AWS CLI itself waits for a byte, and what all of its tries may take together.
readonly READ_SECONDS=20 CALL_SECONDS=60
# Of a section, and of the file, in bytes: a reader takes 32 MiB, and a million values.
readonly LARGEST=8000000 LARGEST_FILE=16000000
readonly TOO_MUCH='more than is kept'

work=
# Under way, in one order: what each is asked for, and the permission it needs. Their processes are in `beside`.
asked=()
permissions=()
# What could not be seen: section, permission, why.
missing_sections=()
missing_calls=()
missing_reasons=()

# look_at SECTION SERVICE OPERATION ARGUMENT...: begins a call. What follows a dot in a section's name is which part of it.
look_at() {
    local section=$1
    shift
    # Each in a process group of its own: what `aws` has started, such as a credential process, ends with it.
    set -m
    aws "$@" "${aws_flags[@]}" --output json --cli-connect-timeout 10 \
        >"$work/$section.answer" 2>"$work/$section.complaint" </dev/null &
    beside+=("$!")
    set +m
    asked+=("$section")
    permissions+=("$1:$(action_of "$2")")
    printf '%s' "$1:$(action_of "$2")" >"$work/${section%%.*}.permission"
    [ "${#asked[@]}" -lt "$AT_ONCE" ] || gather
}

# action_of OPERATION: describe-network-acls is DescribeNetworkAcls.
action_of() {
    awk -F- '{ for (i = 1; i <= NF; i++) printf "%s%s", toupper(substr($i, 1, 1)), substr($i, 2) }' <<<"$1" |
        sed 's/ByVpc$/ByVPC/'
}

# gather: waits for every call under way.
gather() {
    local i
    [ "${#asked[@]}" -gt 0 ] || return 0
    progress "looking at $vpc" "$SECONDS s"
    begin_watch
    for ((i = 0; i < ${#asked[@]}; i++)); do
        if wait "${beside[i]}" 2>/dev/null; then
            keep "${asked[i]}" "${permissions[i]}"
        else
            cp "$work/${asked[i]}.complaint" "$work/complaint"
            miss "${asked[i]%%.*}" "${permissions[i]}" "$(reason)"
        fi
    done
    end_calls
    asked=()
    permissions=()
    clear_progress
}

# begin_watch: what is under way has so much time. What it ends complains of that.
begin_watch() {
    local calls=("${beside[@]}") sections=("${asked[@]}")
    set -m
    (
        sleep "$CALL_SECONDS"
        for ((i = 0; i < ${#calls[@]}; i++)); do
            kill -0 "${calls[i]}" 2>/dev/null || continue
            printf 'no answer in %s s' "$CALL_SECONDS" >"$work/${sections[i]}.complaint"
            kill -KILL -- "-${calls[i]}" 2>/dev/null
        done
    ) </dev/null >/dev/null 2>&1 &
    beside+=("$!")
    # Else bash says that it was killed.
    disown
    set +m
}

# end_calls: with all that they have started. They only read, so nothing is left half done.
end_calls() {
    local one
    for one in ${beside[@]+"${beside[@]}"}; do kill -KILL -- "-$one" 2>/dev/null || true; done
    for one in ${beside[@]+"${beside[@]}"}; do wait "$one" 2>/dev/null || true; done
    beside=()
}

# keep SECTION PERMISSION: the answer without its indentation; how many entries a list has is read off that first.
keep() {
    local size
    size=$(($(wc -c <"$work/$1.answer")))
    # Indentation is most of it.
    if [ "$size" -gt "$((LARGEST * 8))" ]; then
        drop "$1" "$2" "$((size / 1000)) kB, $TOO_MUCH of one kind"
        return 0
    fi
    grep -c '^    {' "$work/$1.answer" >"$work/$1.count" || true
    LC_ALL=C sed 's/^ *//' "$work/$1.answer" | tr -d '\n' >"$work/$1.json"
    size=$(($(wc -c <"$work/$1.json")))
    if [ "$size" -eq 0 ] || [ "$(head -c 4 "$work/$1.json")" = null ]; then
        drop "$1" "$2" "the answer is empty"
    elif [ "$size" -gt "$LARGEST" ]; then
        drop "$1" "$2" "$((size / 1000)) kB, $TOO_MUCH of one kind"
    elif ! is_json "$work/$1.answer"; then
        drop "$1" "$2" "the AWS CLI's answer was not JSON"
    elif ! is_shaped "$1"; then
        drop "$1" "$2" "the AWS CLI answered something else than what it was asked for"
    fi
}

# is_shaped SECTION: whether the answer is of the kind that the query gives.
is_shaped() {
    local first
    first=$(head -c 14 "$work/$1.json")
    case "$1:$first" in
        account:'"'[0-9]* | vpc_attributes.*:true | vpc_attributes.*:false) return 0 ;;
        block_public_access:'{'* | hosted_zone_records.*:'{"next": null,'* | hosted_zone_records.*:'{"next": "'*) return 0 ;;
        hosted_zones.*:'[null,['* | hosted_zones.*:'["'*) return 0 ;;
        account:* | vpc_attributes.*:* | block_public_access:* | hosted_zone_records.*:* | hosted_zones.*:*) return 1 ;;
        *:'['*) return 0 ;;
    esac
    return 1
}

# drop SECTION PERMISSION WHY: what was read of it can't be used.
drop() {
    rm -f "$work/$1.json"
    miss "${1%%.*}" "$2" "$3"
}

# miss SECTION PERMISSION WHY: once for what is asked in parts.
miss() {
    local i
    for ((i = 0; i < ${#missing_sections[@]}; i++)); do
        [ "${missing_sections[i]} ${missing_calls[i]} ${missing_reasons[i]}" != "$1 $2 $3" ] || return 0
    done
    missing_sections+=("$1")
    missing_calls+=("$2")
    missing_reasons+=("$3")
}

# reason: of the last call that failed, as it goes into the file: one line, in ASCII.
reason() {
    if complains 'argument operation: Invalid choice|argument command: Invalid choice'; then
        printf 'this AWS CLI is too old to ask for it'
        return 0
    fi
    complaint | LC_ALL=C tr -d '\200-\377' |
        sed -e 's/^An error occurred (\([A-Za-z0-9.]*\)) when calling the [A-Za-z0-9]* operation/\1/' \
            -e 's/^\([A-Za-z0-9.]*\) (reached max retries: [0-9]*)/\1/' | cut -c 1-400
}

# has SECTION: whether it was read.
has() { [ -f "$work/$1.json" ]; }

# join SECTION: the lists that are its parts become one.
join() {
    local part text separator='' total=0
    for part in "$work/$1".*.json; do
        [ -f "$part" ] || continue
        total=$((total + $(cat "${part%.json}.count")))
        text=$(cat "$part")
        text=${text#[} text=${text%]}
        [ -n "$text" ] || continue
        printf '%s%s' "$separator" "$text"
        separator=,
    done >"$work/$1.joined"
    { printf '[' && cat "$work/$1.joined" && printf ']'; } >"$work/$1.json"
    printf '%s\n' "$total" >"$work/$1.count"
}

# ids PATTERN SECTION...: what stands there as a whole string and fits, each once.
ids() {
    local pattern=$1 section files=()
    shift
    for section in "$@"; do
        if has "$section"; then files+=("$work/$section.json"); fi
    done
    [ "${#files[@]}" -gt 0 ] || return 0
    LC_ALL=C grep -oEh "\"$pattern\"" "${files[@]}" | tr -d '"' | sort -u || true
}
