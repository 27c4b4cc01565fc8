# shellcheck shell=bash
# What would not start: its subnets, groups, definition and platform, from the service, the stopped task, or flags. A flag
# wins over what was read. Sourced, not run.

stop_reason=
# The provider that places the task where it is neither Fargate's nor given by a launch type.
capacity_provider='' found_launch_type=

# What a service, a deployment and a task set say alike, so that one `read` takes it: nothing is empty, nothing holds a tab.
readonly PLACED="[status || '-', taskDefinition || '-',
    join(',', networkConfiguration.awsvpcConfiguration.subnets || \`[]\`) || '-',
    join(',', networkConfiguration.awsvpcConfiguration.securityGroups || \`[]\`) || '-',
    networkConfiguration.awsvpcConfiguration.assignPublicIp || '-',
    launchType || '-', capacityProviderStrategy[0].capacityProvider || '-', platformVersion || '-']"

read_target() {
    read_names
    [ -z "$task" ] || read_task
    [ -z "$service" ] || read_service
    check_target
}

# ARNs say more than one thing: the cluster stands in those of tasks and services.
read_names() {
    local arn=$task$service rest
    case "$arn" in
        arn:*:task/*/* | arn:*:service/*/*)
            rest=${arn#*:*:*:*:*:*/}
            [ -n "$cluster" ] || cluster=${rest%%/*}
            ;;
    esac
    task=$(name_of "$task")
    service=$(name_of "$service")
    cluster=${cluster:-default}
}

# The deployment that is under way is the one whose tasks don't start; one of CodeDeploy stands in a task set.
read_service() {
    local query rows row
    query="services[0].[(deployments[?status=='PRIMARY'] | [0]).$PLACED, (taskSets[?status=='PRIMARY'] | [0]).$PLACED, @.$PLACED]"
    rows=$(ask ecs describe-services --cluster "$cluster" --services "$service" --query "$query" --output text) ||
        no_cluster "read the service" ecs:DescribeServices \
            "give --subnets, --security-groups and --task-definition instead, and nothing of the service is read"
    while IFS= read -r row; do take_row "$row"; done <<<"$rows"
}

# take_row ROW: what it says and neither a flag nor a row before it has said.
take_row() {
    local status definition nets sgs ip launch provider version
    IFS=$'\t' read -r status definition nets sgs ip launch provider version <<<"$1"
    case "$status" in
        PRIMARY | ACTIVE) ;;
        None)
            [ "$rows" = None ] || return 0
            no_service
            return 0
            ;;
        *)
            if [ -n "$task" ]; then no_service && return 0; fi
            die "$BAD_INPUT" "the service $service in cluster $cluster is $status: there is nothing to start"
            ;;
    esac
    [ "${#subnets[@]}" -gt 0 ] || split_list subnets "${nets#-}"
    [ "${#groups[@]}" -gt 0 ] || split_list groups "${sgs#-}"
    take_unless_given "$definition" "$ip" "$launch" "$provider" "$version"
}

no_service() {
    [ -n "$task" ] || die "$BAD_INPUT" "there is no service $service in cluster $cluster ($region)"
    [ "${#groups[@]}" -gt 0 ] || die "$BAD_INPUT" \
        "the service $service of the task is gone, and a stopped task does not know its security groups: give --security-groups"
}

# take_unless_given DEFINITION PUBLIC-IP LAUNCH-TYPE PROVIDER PLATFORM-VERSION: `-` is what is not said.
take_unless_given() {
    [ -n "$task_definition" ] || task_definition=${1#-}
    [ -n "$public_ip" ] || public_ip=${2#-}
    [ -n "$platform_version" ] || platform_version=${5#-}
    [ -n "$found_launch_type" ] || found_launch_type=${3#-}
    [ -n "$capacity_provider" ] || capacity_provider=${4#-}
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

# no_cluster STEP PERMISSION WITHOUT: why a call that names the cluster failed; never comes back.
no_cluster() {
    if complains 'ClusterNotFound'; then
        die "$BAD_INPUT" "there is no cluster $cluster in $region: aws ecs list-clusters --region $region"
    fi
    if complains 'InvalidParameter|InvalidIdentifier|ServiceNotFound'; then die "$BAD_INPUT" "$1: $(complaint)"; fi
    needed "$@"
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
