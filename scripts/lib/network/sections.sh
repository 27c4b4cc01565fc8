# shellcheck shell=bash
# What is asked of EC2, a call a section. Sourced, not run.

# Of tags the name is of use to a reader; the others may hold what nobody wants in a ticket.
readonly NAME="{Tags: Tags[?Key=='Name'] || \`[]\`}"
# Descriptions, of groups and of each rule, are free text that no reader uses.
readonly RULES="{IpProtocol: IpProtocol, FromPort: FromPort, ToPort: ToPort, IpRanges: IpRanges[].{CidrIp: CidrIp} || \`[]\`,
    Ipv6Ranges: Ipv6Ranges[].{CidrIpv6: CidrIpv6} || \`[]\`,
    PrefixListIds: PrefixListIds[].{PrefixListId: PrefixListId} || \`[]\`,
    UserIdGroupPairs: UserIdGroupPairs[].{GroupId: GroupId, UserId: UserId} || \`[]\`}"
readonly GROUPS_AND_RULES="SecurityGroups[].{GroupId: GroupId, GroupName: GroupName, VpcId: VpcId, OwnerId: OwnerId,
    Tags: Tags[?Key=='Name'] || \`[]\`, IpPermissions: IpPermissions[].$RULES || \`[]\`,
    IpPermissionsEgress: IpPermissionsEgress[].$RULES || \`[]\`}"
# What only the owner of a shared VPC sees all of: an empty list would say that there is none.
readonly OWNERS=' vpc_endpoints network_interfaces security_groups nat_gateways internet_gateways
 egress_only_internet_gateways resolver_rule_associations resolver_rules firewall_rule_group_associations hosted_zones
 hosted_zone_records block_public_access '
# A filter takes 200 values.
readonly FILTER_VALUES=200
readonly PREFIX_LISTS=40

look_at_vpc() {
    local of="Name=vpc-id,Values=$vpc"
    look_at vpc_endpoints ec2 describe-vpc-endpoints --filters "$of" --query "VpcEndpoints[].merge(@, $NAME)"
    look_at security_groups ec2 describe-security-groups --filters "$of" --query "$GROUPS_AND_RULES"
    look_at subnets ec2 describe-subnets --filters "$of" --query "Subnets[].merge(@, $NAME)"
    look_at route_tables ec2 describe-route-tables --filters "$of" --query "RouteTables[].merge(@, $NAME)"
    look_at network_acls ec2 describe-network-acls --filters "$of" --query "NetworkAcls[].merge(@, $NAME)"
    look_at vpc_attributes.support ec2 describe-vpc-attribute --vpc-id "$vpc" --attribute enableDnsSupport \
        --query EnableDnsSupport.Value
    look_at vpc_attributes.hostnames ec2 describe-vpc-attribute --vpc-id "$vpc" --attribute enableDnsHostnames \
        --query EnableDnsHostnames.Value
    look_at prefix_lists ec2 describe-prefix-lists --query "PrefixLists[?Cidrs]"
    look_at nat_gateways ec2 describe-nat-gateways --filter "$of" --query "NatGateways[].merge(@, $NAME)"
    look_at internet_gateways ec2 describe-internet-gateways --filters "Name=attachment.vpc-id,Values=$vpc" \
        --query "InternetGateways[].merge(@, $NAME)"
    look_at egress_only_internet_gateways ec2 describe-egress-only-internet-gateways \
        --query "EgressOnlyInternetGateways[?Attachments[?VpcId=='$vpc']].merge(@, $NAME)"
    look_at block_public_access ec2 describe-vpc-block-public-access-options --query VpcBlockPublicAccessOptions
    look_at_dhcp_options
    look_at_dns
    gather
    check_that_it_is_there
    unite_attributes
}

look_at_dhcp_options() {
    local set
    has vpcs || {
        miss dhcp_options ec2:DescribeVpcs "which set is the VPC's stands in the VPC"
        return 0
    }
    set=$(ids 'dopt-[a-z0-9]+' vpcs)
    # A VPC of `default` has none.
    if [ -z "$set" ]; then none dhcp_options && return 0; fi
    look_at dhcp_options ec2 describe-dhcp-options --dhcp-options-ids "$set" --query "DhcpOptions[].merge(@, $NAME)"
}

# none SECTION: there is nothing to be asked for.
none() {
    printf '[]' >"$work/$1.json"
    printf '0\n' >"$work/$1.count"
}

# Where the VPC itself may not be read, its main route table says that it is there.
check_that_it_is_there() {
    local section seen=
    for section in $SECTIONS; do
        if has "$section" && ! is_among "$section" ' prefix_lists account '; then seen=1; fi
    done
    [ -n "$seen" ] || die "$BAD_INPUT" "nothing of $vpc could be read: ${missing_calls[0]}: ${missing_reasons[0]}"
    has vpcs || ! has route_tables || [ "$(cat "$work/route_tables.json")" != '[]' ] ||
        die "$BAD_INPUT" "there is no VPC $vpc in $region: it has no route table"
}

unite_attributes() {
    if has vpc_attributes.support && has vpc_attributes.hostnames; then
        printf '{"EnableDnsSupport": %s, "EnableDnsHostnames": %s}' "$(cat "$work/vpc_attributes.support.json")" \
            "$(cat "$work/vpc_attributes.hostnames.json")" >"$work/vpc_attributes.json"
    fi
}

# look_at_what_is_named: what the answers so far speak of.
look_at_what_is_named() {
    look_at_interfaces
    look_at_prefix_lists
    look_at_rules
    look_at_records
    gather
    ! has network_interfaces.0 || join network_interfaces
    unite_prefix_lists
    unite_records
    look_at_few_groups
    leave_to_owner
}

# Those of the endpoints and no other of the VPC.
look_at_interfaces() {
    local found=() part=0 id first
    if ! has vpc_endpoints; then
        # Their interfaces are known by their kind as well.
        look_at network_interfaces.0 ec2 describe-network-interfaces \
            --filters "Name=vpc-id,Values=$vpc" "Name=interface-type,Values=vpc_endpoint" --query "$INTERFACES"
        return 0
    fi
    none network_interfaces.0
    while IFS= read -r id; do
        [ -z "$id" ] || found+=("$id")
    done <<<"$(ids 'eni-[a-z0-9]+' vpc_endpoints)"
    for ((first = 0; first < ${#found[@]}; first += FILTER_VALUES)); do
        look_at "network_interfaces.$part" ec2 describe-network-interfaces --filters \
            "Name=network-interface-id,Values=$(joined , "${found[@]:first:FILTER_VALUES}")" --query "$INTERFACES"
        part=$((part + 1))
    done
}

readonly INTERFACES="NetworkInterfaces[].{NetworkInterfaceId: NetworkInterfaceId, SubnetId: SubnetId,
    AvailabilityZone: AvailabilityZone, Status: Status, InterfaceType: InterfaceType, Groups: Groups,
    PrivateIpAddresses: PrivateIpAddresses[].{PrivateIpAddress: PrivateIpAddress, Primary: Primary},
    Ipv6Addresses: Ipv6Addresses || \`[]\`}"

# Lists that groups and routes name, unless AWS's own answer has said what is in them.
look_at_prefix_lists() {
    local id known count=0
    known=" $(ids 'pl-[a-z0-9]+' prefix_lists | tr '\n' ' ')"
    for id in $(ids 'pl-[a-z0-9]+' security_groups route_tables); do
        if is_among "$id" "$known"; then continue; fi
        count=$((count + 1))
        if [ "$count" -gt "$PREFIX_LISTS" ]; then
            miss managed_prefix_lists ec2:GetManagedPrefixListEntries "more than $PREFIX_LISTS lists are named"
            break
        fi
        look_at "managed_prefix_lists.$id" ec2 get-managed-prefix-list-entries --prefix-list-id "$id" \
            --query 'Entries[].{Cidr: Cidr}'
    done
}

unite_prefix_lists() {
    local part id separator='' total=0
    [ -z "$(missing_why managed_prefix_lists)" ] || compgen -G "$work/managed_prefix_lists.*.json" >/dev/null || return 0
    {
        printf '['
        for part in "$work"/managed_prefix_lists.*.json; do
            [ -f "$part" ] || continue
            id=${part##*/managed_prefix_lists.}
            printf '%s{"PrefixListId": "%s", "Entries": %s}' "$separator" "${id%.json}" "$(cat "$part")"
            separator=,
            total=$((total + 1))
        done
        printf ']'
    } >"$work/united"
    mv "$work/united" "$work/managed_prefix_lists.json"
    printf '%s\n' "$total" >"$work/managed_prefix_lists.count"
}

# missing_why SECTION: why something of it is missing, if so.
missing_why() {
    local i
    for ((i = 0; i < ${#missing_sections[@]}; i++)); do
        if [ "${missing_sections[i]}" = "$1" ]; then printf '%s\n' "${missing_reasons[i]}"; fi
    done
}

# Of a VPC with so many groups that they are not kept: those of the task and of the endpoints.
look_at_few_groups() {
    local few=(${groups[@]+"${groups[@]}"}) id
    case "$(missing_why security_groups)" in *"$TOO_MUCH"*) ;; *) return 0 ;; esac
    for id in $(ids 'sg-[a-z0-9]+' vpc_endpoints network_interfaces); do
        [ "${#few[@]}" -eq "$FILTER_VALUES" ] || few+=("$id")
    done
    [ "${#few[@]}" -gt 0 ] || return 0
    look_at security_groups ec2 describe-security-groups --filters "Name=group-id,Values=$(joined , "${few[@]}")" \
        --query "$GROUPS_AND_RULES"
    gather
}

leave_to_owner() {
    local section
    [ -n "$owner" ] || return 0
    for section in $OWNERS; do
        if has "$section"; then
            drop "$section" "$(cat "$work/$section.permission")" \
                "the VPC is shared by account $owner, and only there all of it is seen: collect it there"
        fi
    done
}
