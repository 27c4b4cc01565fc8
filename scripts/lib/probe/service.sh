# shellcheck shell=bash
# What a service says of the tasks that it would start. A flag wins over what was read. Sourced, not run.

# The provider that places the task where it is neither Fargate's nor given by a launch type.
capacity_provider='' found_launch_type=
# What helps where the service can't be read.
without_service="give --subnets, --security-groups and --task-definition instead, and nothing of the service is read"

# What a service, a deployment and a task set say alike, so that one `read` takes it: nothing is empty, nothing holds a tab.
readonly PLACED="[status || '-', taskDefinition || '-',
    join(',', networkConfiguration.awsvpcConfiguration.subnets || \`[]\`) || '-',
    join(',', networkConfiguration.awsvpcConfiguration.securityGroups || \`[]\`) || '-',
    networkConfiguration.awsvpcConfiguration.assignPublicIp || '-',
    launchType || '-', capacityProviderStrategy[0].capacityProvider || '-', platformVersion || '-']"

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
        no_cluster "read the service" ecs:DescribeServices "$without_service"
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

# no_cluster STEP PERMISSION WITHOUT: why a call that names the cluster failed; never comes back.
no_cluster() {
    if complains 'ClusterNotFound'; then
        die "$BAD_INPUT" "there is no cluster $cluster in $region: aws ecs list-clusters --region $region"
    fi
    if complains 'InvalidParameter|InvalidIdentifier|ServiceNotFound'; then die "$BAD_INPUT" "$1: $(complaint)"; fi
    needed "$@"
}
