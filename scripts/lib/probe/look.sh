# shellcheck shell=bash
# What no probe sees from inside: free addresses, zones, who may assume the role. Sourced, not run.

# Of each subnet, in the order of `subnets`: what the table calls it.
names=()

# Zones that AWS's list of Fargate's Regions leaves out (2025; it names those it has where it has not all).
readonly WITHOUT_FARGATE=' apne1-az3 cnn1-az3 usw1-az2 '

# Why no task starts, whatever the probes see.
start_is_blocked=

look() {
    look_at_subnets
    [ "$mode" = lambda ] || look_at_role
}

look_at_subnets() {
    local rows i zone zone_id free
    for ((i = 0; i < ${#subnets[@]}; i++)); do names[i]=${subnets[i]}; done
    rows=$(ask ec2 describe-subnets --subnet-ids "${subnets[@]}" --output text \
        --query 'Subnets[].[SubnetId, AvailabilityZone, AvailabilityZoneId, AvailableIpAddressCount]') || {
        if complains 'InvalidSubnet'; then die "$BAD_INPUT" "$(complaint)"; fi
        missed "look at the subnets" ec2:DescribeSubnets "free addresses and zones are not looked at; everything else works"
        return 0
    }
    for ((i = 0; i < ${#subnets[@]}; i++)); do
        IFS=$'\t' read -r _ zone zone_id free <<<"$(grep -F "${subnets[i]}"$'\t' <<<"$rows")"
        [ -n "$zone" ] || continue
        names[i]="${subnets[i]} ($zone)"
        tell_free "${names[i]}" "$free"
        if [ "$launch_type" = FARGATE ] && is_among "$zone_id" "$WITHOUT_FARGATE"; then
            tell "warning: ${names[i]} lies in $zone_id, which AWS's list of Fargate's zones leaves out: Fargate tasks don't start there. Take the subnet out of the service"
        fi
    done
}

# tell_free NAME COUNT: each task takes an address, and the probe takes one too.
tell_free() {
    case "$2" in
        0) tell "warning: $1 has no free address: no task can start there, and the probe hardly. Free some, or give the service a larger subnet" ;;
        [1-4]) tell "warning: $1 has few free addresses ($2): a deployment of several tasks will not find room there" ;;
    esac
}

look_at_role() {
    local trust
    case "$role" in '' | none) return 0 ;; esac
    trust=$(ask iam get-role --role-name "$(name_of "$role")" --query Role.AssumeRolePolicyDocument --output json) || {
        if complains NoSuchEntity; then
            tell "warning: the role $role does not exist: ECS can't start a task with it. Make it again, or name another in the task definition"
            start_is_blocked="the role $role does not exist"
            role=none
            return 0
        fi
        missed "look at the role's trust policy" iam:GetRole "whether ECS may assume $(name_of "$role") is not looked at; everything else works"
        return 0
    }
    grep -q '"ecs-tasks\.amazonaws\.com' <<<"$trust" && return 0
    tell "warning: the role $(name_of "$role") does not trust ecs-tasks.amazonaws.com, so ECS can't assume it, and no task with it starts."
    tell '  Add this statement to its trust policy: {"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}'
    tell "  (aws iam get-role shows what is there, and aws iam update-assume-role-policy replaces all of it.)"
    tell "  The probe runs without a role: what is not signed is examined."
    start_is_blocked="ECS may not assume the role $(name_of "$role")"
    role=none
}
