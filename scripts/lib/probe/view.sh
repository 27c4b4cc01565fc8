# shellcheck shell=bash
# How the VPC is configured, as far as the operator may see it: collected by scripts/network while the probes run, or given.
# Sourced, not run.

# Seconds that the results wait for what is still being collected.
readonly VIEW_PATIENCE=60
# The file, where there is one that the judge takes; and who is collecting it.
view='' view_pid=''

# use_given_view: before anything is started.
use_given_view() {
    local file=$work/network.json
    [ -n "$network" ] || return 0
    cp "$network" "$file" 2>/dev/null || die "$BAD_INPUT" "--network $network can't be read"
    is_view "$file" || die "$BAD_INPUT" "--network $network is not what scripts/network collects: $(complaint)"
    view=$file
}

# is_view FILE: whether the judge takes it.
is_view() {
    local status=0
    merged json --network "$1" --exit view=0 >"$work/answer" 2>"$work/complaint" || status=$?
    [ "$status" -ne "$BAD_INPUT" ] && [ "$status" -ne "$USAGE" ]
}

# begin_view: beside the probes, which take longer.
begin_view() {
    local flags=(--subnets "$(joined , "${subnets[@]}")" --security-groups "$(joined , "${groups[@]}")")
    if [ -n "$view$no_network$dry_run" ]; then return 0; fi
    [ -z "$public_ip" ] || [ "$mode" = lambda ] || flags+=(--assign-public-ip "$public_ip")
    "$root/scripts/network" "${flags[@]}" "${aws_flags[@]}" --out "$work/network.json" >"$work/network.said" 2>&1 </dev/null 3>&- &
    view_pid=$!
}

# take_view: what came of it; without it causes are judged by what the probes saw alone.
take_view() {
    local status=0
    [ -n "$view_pid" ] || return 0
    if ! await_view; then
        end_view
        tell "note: the VPC's configuration is left out: AWS took more than $VIEW_PATIENCE s to tell it."
        return 0
    fi
    wait "$view_pid" || status=$?
    view_pid=
    if [ "$status" -ne 0 ]; then
        tell "note: the VPC's configuration is left out: $(tail -n 1 "$work/network.said" | sed 's/^scripts\/network: //' | one_line)"
    elif ! is_view "$work/network.json"; then
        tell "note: the VPC's configuration is left out: $(complaint)"
    else
        view=$work/network.json
        tell_unseen
    fi
}

await_view() {
    local began=$SECONDS
    while kill -0 "$view_pid" 2>/dev/null; do
        [ "$((SECONDS - began))" -lt "$VIEW_PATIENCE" ] || return 1
        progress "looking at the VPC's configuration" "$((SECONDS - began)) s of at most $VIEW_PATIENCE s"
        pause 1
    done
    clear_progress
}

# tell_unseen: which sections lack; why stands in the file, and in what scripts/network says.
tell_unseen() {
    local unseen
    unseen=$(sed -n 's/^ *not seen: \([^:]*\):.*/\1/p' "$work/network.said" | sort -u | tr '\n' ',')
    unseen=${unseen%,}
    [ -z "$unseen" ] || tell "note: of the VPC's configuration this was not seen: ${unseen//,/, }; scripts/network names the permissions."
}

# end_view: what is still collecting ends.
end_view() {
    [ -n "$view_pid" ] || return 0
    kill "$view_pid" 2>/dev/null || true
    wait "$view_pid" 2>/dev/null || true
    view_pid=
}
