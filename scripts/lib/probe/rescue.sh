# shellcheck shell=bash
# The same binary as a Lambda function in each subnet: its code and its logs don't use the VPC, so it starts where no task
# does. Sourced, not run.

readonly FUNCTIONS=vpcprobe-rescue-
# Seconds until a function must be active; its network interface is made in that time.
readonly ACTIVE_PATIENCE=300

# rescue_subnets INDEX...
rescue_subnets() {
    local i
    tell "A function is probed in place of a task: same subnets and security groups, another identity (its own role), a shared network interface, and Lambda's resolver settings."
    find_zip
    write_event
    use_rescue_role
    for i in "$@"; do create_function "$i"; done
    if [ -n "$dry_run" ]; then
        show_invocations "$@"
        return 0
    fi
    for i in "$@"; do
        if [ -z "${functions[i]:-}" ] || [ -n "${functions_failed[i]:-}" ]; then continue; fi
        wait_until_active "$i" && continue
        add_result "$(rescue_name "$i")" not-started "the function did not become active: $why"
        functions_failed[i]=1
    done
    progress "probing from $(counted "$#" function)" "at most $function_timeout s"
    for i in "$@"; do
        if [ -n "${functions[i]:-}" ] && [ -z "${functions_failed[i]:-}" ]; then
            invoke "$i" &
            beside+=("$!")
        fi
    done
    for i in ${beside[@]+"${beside[@]}"}; do wait "$i" || true; done
    beside=()
    clear_progress
    for i in "$@"; do
        if [ -n "${functions[i]:-}" ] && [ -z "${functions_failed[i]:-}" ]; then take_answer "$i"; fi
    done
    delete_functions
}

rescue_name() {
    if [ "$mode" = lambda ]; then printf '%s' "${subnets[$1]}"; else printf '%s (by Lambda)' "${subnets[$1]}"; fi
}

lambda_architecture() { if [ "$cpu_architecture" = ARM64 ]; then echo arm64; else echo x86_64; fi; }

# find_zip: the given one, the release's, or one made of the binary at hand.
find_zip() {
    local wanted=amd64 candidate found=
    [ "$(lambda_architecture)" = x86_64 ] || wanted=arm64
    if [ -n "$zip" ]; then return 0; fi
    for candidate in "$root"/dist/vpcprobe-*-lambda-"$wanted".zip; do
        if [ -r "$candidate" ]; then zip=$candidate; fi
    done
    [ -z "$zip" ] || return 0
    if [ "${#judge[@]}" -eq 1 ] && [ "$(uname -s)" = Linux ] && [ "$(release_architecture)" = "$wanted" ]; then found=${judge[0]}; fi
    [ -n "$found" ] || die "$COULD_NOT_LOOK" \
        "there is no zip for Lambda ($wanted) in dist/ and no binary at hand to make one of: download it with the release, or give --zip FILE"
    make_zip "$found"
}

make_zip() {
    if [ -n "$dry_run" ]; then
        zip=rescue.zip
        show cp "$1" bootstrap
        show zip rescue.zip bootstrap
        return 0
    fi
    zip=$work/rescue.zip
    mkdir -p "$work/zip"
    cp "$1" "$work/zip/bootstrap"
    chmod 755 "$work/zip/bootstrap"
    if command -v zip >/dev/null; then
        (cd "$work/zip" && command zip -q -9 "$zip" bootstrap)
    elif command -v python3 >/dev/null; then
        (cd "$work/zip" && python3 -c 'import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as archive: archive.write("bootstrap")' "$zip")
    else
        die "$COULD_NOT_LOOK" "a zip is made with zip or python3, and neither is here: give --zip FILE"
    fi
}

# write_event: the probe's inputs, as the function takes them.
write_event() {
    local i separator='' flag deadline
    deadline=$(seconds_of "$(input deadline)")
    function_timeout=$((deadline + 30 > 900 ? 900 : deadline + 30))
    {
        printf '{'
        for ((i = 0; i < ${#input_names[@]}; i++)); do
            flag=${input_names[i]//_/-}
            printf '%s"%s":' "$separator" "${input_names[i]}"
            separator=,
            if is_among "$flag" "$PROBE_SWITCHES"; then
                case "${input_values[i]}" in true | 1 | yes | on) printf true ;; *) printf false ;; esac
            elif is_among "$flag" "$PROBE_REPEATED"; then
                json_list "${input_values[i]}"
            else
                json_string "${input_values[i]}"
            fi
        done
        # A role that was made here reads no secret's value.
        if [ -z "$lambda_role" ] && ! has_input read_only; then printf '%s"read_only":true' "$separator" && separator=,; fi
        [ -z "$packed" ] || printf '%s"task_definition":%s' "$separator" "$(cat "$work/definition.json")"
        printf '}'
    } >"$work/event.json"
}

json_list() {
    local line separator=
    printf '['
    while IFS= read -r line; do
        printf '%s%s' "$separator" "$(json_string "$line")"
        separator=,
    done <<<"$1"
    printf ']'
}

# seconds_of TIME: as the probe's --deadline takes it, rounded up; its default where there is none.
seconds_of() {
    awk -v time="${1:-60s}" 'BEGIN {
        unit = time; sub(/^[0-9.]*/, "", unit)
        value = substr(time, 1, length(time) - length(unit)) + 0
        factor = unit == "ms" ? 0.001 : unit == "m" ? 60 : unit == "h" ? 3600 : 1
        print int(value * factor) + 1
    }'
}
