# shellcheck shell=bash
# Which VPC it is: given, or that of the subnets, or of the service's. Sourced, not run.

account=
# Set where the VPC is another account's that shares it: of most kinds only the owner sees all.
owner=

find_vpc() {
    if [ -n "$service" ]; then
        read_names
        read_service
        [ "${#subnets[@]}" -gt 0 ] || die "$BAD_INPUT" \
            "the service $service has no subnets of its own (network mode bridge or host): give --subnets of the instances"
    fi
    [ "${#subnets[@]}" -eq 0 ] || find_vpc_of_subnets
    look_at account sts get-caller-identity --query Account
    look_at vpcs ec2 describe-vpcs --vpc-ids "$vpc" --query "Vpcs[].merge(@, $NAME)"
    gather
    check_vpc
}

# Every subnet stands in an ACL's associations, so these say it too where subnets may not be read.
find_vpc_of_subnets() {
    local rows found list
    list=$(joined , "${subnets[@]}")
    rows=$(ask ec2 describe-subnets --subnet-ids "${subnets[@]}" --query 'Subnets[].VpcId' --output text) || {
        ! complains 'InvalidSubnet' || die "$BAD_INPUT" "there is no such subnet in $region: $(reason)"
        ! is_hopeless || needed "look at the subnets" ec2:DescribeSubnets
        rows=$vpc
        [ -n "$vpc" ] || rows=$(ask ec2 describe-network-acls --filters "Name=association.subnet-id,Values=$list" \
            --query 'NetworkAcls[].VpcId' --output text) ||
            needed "learn which VPC the subnets are in" ec2:DescribeSubnets "give --vpc"
    }
    found=$(tr -s '\t ' '\n' <<<"$rows" | sort -u)
    ! grep -Evq '^(vpc-[a-z0-9]+)?$' <<<"$found" ||
        die "$BAD_INPUT" "the AWS CLI's answer names no VPC of the subnets: $(head -c 200 <<<"$rows" | one_line)"
    case "$found" in
        '') die "$BAD_INPUT" "there is no subnet $list in $region" ;;
        *$'\n'*) die "$BAD_INPUT" "the subnets are in two VPCs ($(tr '\n' ' ' <<<"$found" | sed 's/ $//')): collect each by itself" ;;
    esac
    [ -z "$vpc" ] || [ "$vpc" = "$found" ] || die "$BAD_INPUT" "the subnets are in $found, and not in $vpc"
    vpc=$found
}

check_vpc() {
    local i
    for ((i = 0; i < ${#missing_sections[@]}; i++)); do
        cp "$work/${missing_sections[i]}.complaint" "$work/complaint"
        if complains 'InvalidVpcID'; then die "$BAD_INPUT" "there is no VPC $vpc in $region"; fi
        if is_hopeless; then needed "look at the VPC" "${missing_calls[i]}"; fi
    done
    if has vpcs && [ "$(cat "$work/vpcs.json")" = '[]' ]; then die "$BAD_INPUT" "there is no VPC $vpc in $region"; fi
    ! has account || account=$(tr -d '"' <"$work/account.json")
    owner=$(owner_of vpcs)
    [ -n "$account" ] && [ "$owner" != "$account" ] || owner=
}

# owner_of SECTION: the account that its first entry belongs to.
owner_of() { ! has "$1" || LC_ALL=C sed -n 's/.*"OwnerId": "\([0-9]*\)".*/\1/p' "$work/$1.answer" | head -n 1; }
