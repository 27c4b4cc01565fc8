# shellcheck shell=bash
# The vpcprobe of this machine, which explains and merges; and what is handed to it. Sourced, not run.

# The command that runs it.
judge=()
result_names=()
result_kinds=()
result_values=()

# find_judge: VPCPROBE_BIN, or what was built or downloaded here, or what is in PATH, or a container of the image.
find_judge() {
    local candidate
    if [ -n "${VPCPROBE_BIN:-}" ]; then
        is_judge "$VPCPROBE_BIN" || die "$BAD_INPUT" "VPCPROBE_BIN=$VPCPROBE_BIN is no vpcprobe that knows merge --network"
        return 0
    fi
    unpack_download
    for candidate in "$work/download/vpcprobe" "$root"/dist/vpcprobe "$root"/target/*/release/vpcprobe \
        "$root"/target/release/vpcprobe "$root"/target/*/debug/vpcprobe "$root"/target/debug/vpcprobe \
        "$(command -v vpcprobe || true)"; do
        if [ -x "$candidate" ] && is_judge "$candidate"; then return 0; fi
    done
    # The folder of the reports is its owner's alone: the container reads them as the same user.
    for candidate in "docker run" "podman run --userns=keep-id"; do
        # shellcheck disable=SC2086 # the words of the command
        command -v "${candidate%% *}" >/dev/null && is_judge $candidate --rm -i --pull never --network none \
            --user "$(id -u):$(id -g)" --volume "$work:$work:ro" "${image:-vpcprobe}" && return 0
    done
    die "$COULD_NOT_LOOK" "no vpcprobe runs on this machine, and reports are merged by one: unpack a release, or set VPCPROBE_BIN to it"
}

# is_judge COMMAND...: whether it does the work; then it is the one.
is_judge() {
    local help
    help=$("$@" merge --help 2>/dev/null </dev/null) || return 1
    case "$help" in *--network*) judge=("$@") ;; *) return 1 ;; esac
}

# A release that was downloaded into dist/, where it is for this machine.
unpack_download() {
    local archive machine
    [ "$(uname -s)" = Linux ] || return 0
    machine=$(release_architecture)
    for archive in "$root"/dist/vpcprobe-*-linux-"$machine".tar.gz; do
        [ -r "$archive" ] || continue
        mkdir -p "$work/download"
        tar -xzf "$archive" -C "$work/download" 2>/dev/null || continue
        find "$work/download" -type f -name vpcprobe -exec mv {} "$work/download/found" \;
        rm -rf "$work/download/vpcprobe"
        mv "$work/download/found" "$work/download/vpcprobe"
    done
}

release_architecture() {
    case "$(uname -m)" in x86_64) echo amd64 ;; aarch64 | arm64) echo arm64 ;; *) uname -m ;; esac
}

# add_result NAME KIND VALUE: a report's file, an exit code, or why nothing started.
add_result() {
    result_names+=("$1")
    result_kinds+=("$2")
    result_values+=("$3")
}

# forget_start NAME: a function was probed in its place; that no task started is said, and is no subnet of its own.
forget_start() {
    local i
    for ((i = 0; i < ${#result_names[@]}; i++)); do
        if [ "${result_names[i]}" = "$1" ] && [ "${result_kinds[i]}" = not-started ]; then
            tell "note: $1: its probe task never started: ${result_values[i]}"
            start_is_blocked="the probe's own task could not start in $1"
            result_kinds[i]=replaced
        fi
    done
}

# add_report NAME FILE EXIT-CODE: unless it can't be read, which must not cost the others; `-` is no exit code.
add_report() {
    local status=0
    merged json "$2" >/dev/null 2>"$work/complaint" || status=$?
    if [ "$status" -ne "$BAD_INPUT" ]; then
        add_result "$1" report "$2"
        return 0
    fi
    tell "warning: the report of $1 can't be read: $(complaint)"
    if [ "$3" = - ]; then
        add_result "$1" not-started "it ran, and its report can't be read"
    else
        add_result "$1" exit "$3"
    fi
}

# What an exported VPCPROBE_FORMAT says is meant for the probe: merge knows two of its three.
merged() {
    local form=$1
    shift
    env -u VPCPROBE_FORMAT "${judge[@]}" merge --format "$form" "$@"
}

# print_results: the table and the findings; ends with their exit code.
print_results() {
    local arguments=() i status=0
    for ((i = 0; i < ${#result_names[@]}; i++)); do
        case "${result_kinds[i]}" in
            exit) arguments+=(--exit "${result_names[i]}=${result_values[i]}") ;;
            not-started) arguments+=(--not-started "${result_names[i]}=${result_values[i]}") ;;
        esac
    done
    for ((i = 0; i < ${#result_names[@]}; i++)); do
        [ "${result_kinds[i]}" != report ] || arguments+=("${result_names[i]}=${result_values[i]}")
    done
    [ -z "$view" ] || arguments+=(--network "$view")
    keep_reports "${arguments[@]}"
    [ -n "$format" ] || if [ -t 1 ]; then format=text; else format=json; fi
    merged "$format" "${arguments[@]}" || status=$?
    case "$status:$start_is_blocked" in
        0:?* | 4:?*)
            tell "The network is not what keeps the task from starting: $start_is_blocked (see above)."
            status=$COULD_NOT_LOOK
            ;;
    esac
    return "$status"
}

# keep_reports ARGUMENT...: of merge; the reports as they came, and the document made of them.
keep_reports() {
    local one
    [ -n "$json_dir" ] || return 0
    for one in "$work"/reports/*; do
        [ ! -s "$one" ] || cp "$one" "$json_dir/" || tell "warning: $json_dir takes no files: the report is printed only"
    done
    [ -z "$view" ] || cp "$view" "$json_dir/network.json" || tell "warning: $json_dir takes no files: the configuration is not kept"
    merged json "$@" >"$json_dir/merged.json" || true
}
