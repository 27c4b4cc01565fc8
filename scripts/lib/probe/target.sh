# shellcheck shell=bash
# What would not start: its subnets, groups, definition and platform, from the service, the stopped task, or flags. A flag
# wins over what was read. Sourced, not run; the service stands in service.sh.

stop_reason=

read_target() {
    read_names
    [ -z "$task" ] || read_task
    [ -z "$service" ] || read_service
    check_target
}

# settle_launch_type: a provider says more than the launch type beside it; `launch_type` is empty where one places the task.
settle_launch_type() {
    case "$launch_type:$found_launch_type:$capacity_provider" in
        FARGATE:* | EC2:*) capacity_provider= ;;
        *:FARGATE | *:FARGATE_SPOT | :FARGATE:) launch_type=FARGATE capacity_provider= ;;
        :EXTERNAL:*) die "$BAD_INPUT" "it runs on EXTERNAL instances, which are in no subnet of a VPC: run vpcprobe on such a machine" ;;
        *:) launch_type=${found_launch_type:-FARGATE} ;;
    esac
}

# A stopped task knows its subnet, and nothing of security groups: those are its service's, or its interface's as long as
# that exists.
read_task() {
    local query row definition group subnet interface launch provider version overriding
    query="tasks[].[taskDefinitionArn, group || '-', $(detail subnetId), $(detail networkInterfaceId), launchType || '-',
        capacityProviderName || '-', platformVersion || '-', overrides.executionRoleArn || '-',
        (containers[?reason].reason | [0]) || stoppedReason || '']"
    row=$(ask ecs describe-tasks --cluster "$cluster" --tasks "$task" --query "$query" --output text) ||
        no_cluster "read the task" ecs:DescribeTasks \
            "give --subnets, --security-groups and --task-definition instead, and nothing of the task is read"
    [ -n "$row" ] || die "$BAD_INPUT" \
        "there is no task $task in cluster $cluster ($region): ECS forgets a stopped task after about an hour. Give --service, or --subnets, --security-groups and --task-definition"
    IFS=$'\t' read -r -d '' definition group subnet interface launch provider version overriding stop_reason <<<"$row" || true
    stop_reason=$(one_line <<<"$stop_reason")
    [ "${#subnets[@]}" -gt 0 ] || split_list subnets "${subnet#-}"
    [ -n "$role" ] || role=${overriding#-}
    case "$group" in service:*) service=${group#service:} ;; esac
    # Of a service the rest is read afterwards: public address, groups.
    take_unless_given "$definition" '' "$launch" "$provider" "$version"
    [ "${#groups[@]}" -gt 0 ] || [ -n "$service" ] || groups_of_interface "$interface"
    tell_stop_reason
}

# detail NAME: that of the task's network interface.
detail() { printf "attachments[?type=='ElasticNetworkInterface'] | [0].details[?name=='%s'].value | [0] || '-'" "$1"; }

groups_of_interface() {
    local found=''
    if [ "$1" != - ]; then
        found=$(ask ec2 describe-network-interfaces --network-interface-ids "$1" \
            --query 'NetworkInterfaces[].Groups[].GroupId' --output text) || found=
    fi
    [ -n "$found" ] || die "$BAD_INPUT" \
        "the security groups of task $task are not known any more: its network interface is gone, and it belongs to no service. Give --security-groups"
    split_list groups "$found"
}

tell_stop_reason() {
    [ -n "$stop_reason" ] || return 0
    tell "The task stopped with: $stop_reason"
    tell
    "${judge[@]}" explain --format text -- "$stop_reason" >&2 || true
    tell
}

check_target() {
    [ "${#subnets[@]}" -gt 0 ] || die "$BAD_INPUT" \
        "it has no subnets of its own (network mode bridge or host): the instances' network is used. Give --subnets and --security-groups of the instances, and --launch-type FARGATE or --lambda"
    [ "${#groups[@]}" -gt 0 ] || die "$USAGE" "give --security-groups: without them the probe would stand in the VPC's default group"
    [ -n "$task_definition" ] || has_input image || tell \
        "note: neither --task-definition nor -- --image is given: the paths are examined, and no task start is replayed"
    settle_launch_type
}
