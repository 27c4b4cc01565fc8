# shellcheck shell=bash
# The file, and the summary for a person. Sourced, not run.

# In the order of the file.
readonly SECTIONS='vpcs vpc_attributes subnets route_tables network_acls security_groups vpc_endpoints network_interfaces
 prefix_lists managed_prefix_lists dhcp_options nat_gateways internet_gateways egress_only_internet_gateways
 block_public_access resolver_rule_associations resolver_rules
 firewall_rule_group_associations hosted_zones hosted_zone_records'

write_view() {
    fit
    view >"$work/view" || die "$COULD_NOT_LOOK" "the temporary folder takes no more"
    if [ "$out" = - ]; then cat "$work/view"; else place; fi
    summary
}

# The file beside --out that takes its place when it is whole.
staged=

# check_out: what is to be written to, before anything is asked for. Through a link a file elsewhere would be written over.
check_out() {
    case "$out" in
        -) return 0 ;;
        -*) out=./$out ;;
    esac
    if [ -L "$out" ]; then die "$BAD_INPUT" "--out $(word "$out") is a symbolic link: name the file itself"; fi
    if [ -d "$out" ]; then die "$BAD_INPUT" "--out $(word "$out") is a folder: name a file in it"; fi
    if [ -e "$out" ] && [ ! -f "$out" ]; then
        die "$BAD_INPUT" "--out $(word "$out") is no file (--out - is standard output)"
    fi
    if [ -e "$out" ] && [ ! -w "$out" ]; then die "$BAD_INPUT" "--out $(word "$out") can't be written"; fi
}

# place: whole or not at all, and for its owner alone, whatever was there.
place() {
    local folder=.
    case "$out" in */*) folder=${out%/*}/ ;; esac
    check_out
    if ! staged=$(mktemp "${folder%/}/.network.XXXXXX" 2>/dev/null) || ! cat "$work/view" >"$staged" ||
        ! mv -f -- "$staged" "$out" 2>/dev/null; then
        die "$BAD_INPUT" "--out $(word "$out") can't be written"
    fi
    staged=
}

# fit: without its largest sections, where it would be too large for a reader.
fit() {
    local section size total largest most
    while :; do
        total=0 most=0
        for section in $SECTIONS; do
            has "$section" || continue
            size=$(($(wc -c <"$work/$section.json")))
            total=$((total + size))
            if [ "$size" -gt "$most" ]; then most=$size largest=$section; fi
        done
        [ "$total" -gt "$LARGEST_FILE" ] || return 0
        drop "$largest" "$(cat "$work/$largest.permission")" "$((most / 1000)) kB of $((total / 1000)) kB, $TOO_MUCH"
    done
}

# view: a section a line.
view() {
    local section
    printf '{"kind": "vpcprobe-network", "schema_version": 1, "collected_at": "%s", "collector": "%s",\n' \
        "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$program"
    [ -z "$account" ] || printf '"account": %s, ' "$(json_string "$account")"
    printf '"region": %s, "vpc_id": %s,\n"task": {%s},\n' "$(json_string "$region")" "$(json_string "$vpc")" "$(task_members)"
    printf '"missing": [%s]' "$(missing_members)"
    for section in $SECTIONS; do
        has "$section" || continue
        printf ',\n"%s": ' "$section"
        cat "$work/$section.json"
    done
    printf '}\n'
}

task_members() {
    local parts=()
    [ "${#subnets[@]}" -eq 0 ] || parts+=("\"subnets\": $(strings "${subnets[@]}")")
    [ "${#groups[@]}" -eq 0 ] || parts+=("\"security_groups\": $(strings "${groups[@]}")")
    case "$public_ip" in
        ENABLED) parts+=('"assign_public_ip": true') ;;
        DISABLED) parts+=('"assign_public_ip": false') ;;
    esac
    [ "${#parts[@]}" -eq 0 ] || joined ', ' "${parts[@]}"
}

# strings TEXT...: a list of JSON.
strings() {
    local one parts=()
    for one in "$@"; do parts+=("$(json_string "$one")"); done
    printf '[%s]' "$(joined ', ' "${parts[@]}")"
}

missing_members() {
    local i separator=''
    for ((i = 0; i < ${#missing_sections[@]}; i++)); do
        printf '%s\n{"section": %s, "call": %s, "why": %s}' "$separator" "$(json_string "${missing_sections[i]}")" \
            "$(json_string "${missing_calls[i]}")" "$(json_string "${missing_reasons[i]}")"
        separator=,
    done
}

summary() {
    local section parts=() i count
    for section in $SECTIONS; do
        if ! has "$section" || [ ! -s "$work/$section.count" ]; then continue; fi
        count=$(cat "$work/$section.count")
        # That there is none is worth saying of these two.
        case "$section:$count" in
            vpcs:* | block_public_access:*) continue ;;
            vpc_endpoints:* | nat_gateways:*) ;;
            *:0) continue ;;
        esac
        section=$(title "$section")
        parts+=("$(counted "$count" "${section%s}")")
    done
    tell "Collected of $vpc (${account:+account $account, }$region): $(joined ', ' "${parts[@]}")."
    for ((i = 0; i < ${#missing_sections[@]}; i++)); do
        tell "  not seen: $(title "${missing_sections[i]}"): $(why_missing "${missing_calls[i]}" "${missing_reasons[i]}")"
    done
    [ "$out" != - ] || return 0
    tell "It is in $(unobeyed "$(word "$out")"). It holds no secrets, but your addresses, ids and endpoint policies."
    tell "  vpcprobe diagnose REPORT --network $(pasted "$out")"
}

# pasted TEXT: as `word`, and where a terminal would obey it, escaped.
pasted() { case "$1" in *[[:cntrl:]]*) printf '%q' "$1" ;; *) word "$1" ;; esac; }

# title SECTION: as a person writes it.
title() { sed -e 's/_/ /g' -e 's/acl/ACL/' -e 's/dhcp/DHCP/' -e 's/^nat/NAT/' -e 's/vpc/VPC/' <<<"$1"; }

# why_missing PERMISSION REASON
why_missing() {
    case "$2" in
        *AccessDenied* | *UnauthorizedOperation* | *AuthorizationError* | *'not authorized to perform'*)
            printf 'the permission %s shows them' "$1"
            ;;
        *) printf '%s (%s)' "$2" "$1" ;;
    esac
}
