# shellcheck shell=bash
# A probe task in each subnet: started, waited for, its report fetched. Sourced, not run.

# RunTask takes 8,192 characters of overrides; the AWS CLI writes some more spaces than stand here.
readonly OVERRIDES_LIMIT=8000
run_tasks_began='' started_by='' sink='' is_registered=
# Of each subnet: the task's ARN, and its state; empty where it never was.
arns=()
states=()

run_tasks() {
    local i
    started_by=vpcprobe/$run_id
    use_own_definition
    use_log_group
    for ((i = 0; i < ${#subnets[@]}; i++)); do
        fit_overrides "$i"
        start_task "$i"
    done
    if [ -n "$dry_run" ]; then
        show_rest
        return 0
    fi
    wait_for_tasks
    for ((i = 0; i < ${#subnets[@]}; i++)); do
        [ -z "${arns[i]}" ] || collect "$i"
    done
}

# use_log_group: makes it where it is missing. Whether it is there need not be asked; without it the exit codes remain.
use_log_group() {
    sink=$log_group
    if ! change logs create-log-group --log-group-name "$log_group"; then
        complains ResourceAlreadyExists || missed "make the log group $log_group" logs:CreateLogGroup \
            "if it is not there already, there will be no reports, only exit codes"
        return 0
    fi
    change logs put-retention-policy --log-group-name "$log_group" --retention-in-days 30 ||
        missed "keep the log group for 30 days" logs:PutRetentionPolicy "it keeps reports for ever; everything else works"
}

# variables SUBNET [DEFINITION]: what the container gets, as JSON.
variables() {
    local i
    if [ -n "$sink" ]; then variable SINK "cloudwatch:$sink:$run_id/$1" ''; else variable SINK stdout ''; fi
    if [ -z "$launch_type" ] || [ "$launch_type" = EC2 ]; then has_input profile || variable PROFILE ecs-ec2 ,; fi
    for ((i = 0; i < ${#input_names[@]}; i++)); do
        variable "$(upper "${input_names[i]}")" "${input_values[i]}" ,
    done
    [ -z "${2:-}" ] || variable TASK_DEFINITION "$2" ,
}

# variable NAME VALUE SEPARATOR
variable() { printf '%s{"name":"VPCPROBE_%s","value":%s}' "$3" "$1" "$(json_string "$2")"; }

# overrides SUBNET [DEFINITION]
overrides() {
    local role_part=
    case "$role" in '' | none) ;; *) role_part="\"taskRoleArn\":$(json_string "$role")," ;; esac
    printf '{%s"containerOverrides":[{"name":"vpcprobe","environment":[%s]}]}' "$role_part" "$(variables "$@")"
}

# fit_overrides INDEX: into `given`, with the definition where it fits and else with a revision that holds it.
fit_overrides() {
    local whole
    whole=$(overrides "${subnets[$1]}" "$packed")
    given=$whole
    [ "${#whole}" -gt "$OVERRIDES_LIMIT" ] || return 0
    given=$(overrides "${subnets[$1]}")
    [ "${#given}" -le "$OVERRIDES_LIMIT" ] ||
        die "$BAD_INPUT" "what stands after -- is too long for RunTask's 8,192 characters of overrides"
    [ -z "$is_registered" ] || return 0
    register_with_inputs "$(variable TASK_DEFINITION "$packed" '')"
    is_registered=1
}

# start_task INDEX: its ARN, or why there is none.
start_task() {
    local network row failure command
    network="subnets=[${subnets[$1]}],securityGroups=[$(joined , "${groups[@]}")]"
    [ "$launch_type" != FARGATE ] || network="$network,assignPublicIp=${public_ip:-DISABLED}"
    command=(ecs run-task --cluster "$cluster" --task-definition "$own_definition" --count 1 --started-by "$started_by"
        --network-configuration "awsvpcConfiguration={$network}" --overrides "$given")
    if [ -n "$launch_type" ]; then
        command+=(--launch-type "$launch_type")
    else
        command+=(--capacity-provider-strategy "capacityProvider=$capacity_provider,weight=1")
    fi
    if [ "$launch_type" = FARGATE ] && [ -n "$platform_version" ]; then command+=(--platform-version "$platform_version"); fi
    arns[$1]='' states[$1]=''
    if [ -n "$dry_run" ]; then
        show_as "TASK_$(($1 + 1))" aws "${command[@]}" "${aws_flags[@]}" --query 'tasks[0].taskArn' --output text
        return 0
    fi
    run_tasks_began=1
    row=$(ask "${command[@]}" --output text --query \
        "[tasks[0].taskArn || '-', join(': ', [failures[0].reason || '', failures[0].detail || ''])]") || {
        refused_start "$1"
        return 0
    }
    IFS=$'\t' read -r row failure <<<"$row"
    if [ "$row" = - ]; then
        failure=${failure%: }
        add_result "${subnets[$1]}" not-started "${failure:-RunTask started nothing and does not say why}"
    else
        arns[$1]=$row states[$1]=STARTED
        running+=("$row")
    fi
}

# Whether the last call may have been carried out although no answer came.
unsure=
is_unsure() { complains 'timeout|timed out|Connection was closed|ServerException|InternalError|ServiceUnavailable'; }

# adopt INDEX: the task that RunTask started without saying so.
adopt() {
    local listed arn
    cp "$work/complaint" "$work/complaint.kept"
    # One that shows up later is looked for, and stopped, at the end.
    unsure=1
    listed=$(ask ecs list-tasks --cluster "$cluster" --started-by "$started_by" --query taskArns --output text) || listed=
    cp "$work/complaint.kept" "$work/complaint"
    for arn in $listed; do
        [ "$arn" != None ] || continue
        is_among "$arn" " ${running[*]-} " && continue
        arns[$1]=$arn states[$1]=STARTED
        running+=("$arn")
        return 0
    done
    return 1
}

# refused_start INDEX: what every subnet would be told ends the run; what one is told is its outcome.
refused_start() {
    if is_unsure && adopt "$1"; then return 0; fi
    if complains 'InvalidParameterException|ClientException|InvalidSubnet|InvalidGroup'; then die "$BAD_INPUT" "RunTask refuses this: $(complaint)"; fi
    if complains ClusterNotFound; then no_cluster "run the probe" ecs:RunTask ''; fi
    if is_denied || is_hopeless; then
        needed "run a probe task in ${names[$1]}" "ecs:RunTask (and iam:PassRole on the roles $(name_of "${role:-of the task}") and $(name_of "${execution_role:-of its execution}"))" \
            "with --role none no task role is passed and what is unsigned is examined; --lambda runs no task"
    fi
    add_result "${subnets[$1]}" not-started "$(complaint | sed 's/^An error occurred (\([A-Za-z]*\)) when calling the RunTask operation[^:]*: /\1: /')"
}

# show_rest: what a run does after the tasks were started.
show_rest() {
    local i tasks=()
    for ((i = 0; i < ${#subnets[@]}; i++)); do tasks+=("\"\$TASK_$((i + 1))\""); done
    printf '%s --tasks %s\n' "$(words aws ecs wait tasks-stopped "${aws_flags[@]}" --cluster "$cluster")" "${tasks[*]}" >&3
    printf '%s --tasks %s\n' "$(words aws ecs describe-tasks "${aws_flags[@]}" --cluster "$cluster" \
        --query 'tasks[].[taskArn,stoppedReason,containers[0].exitCode]' --output text)" "${tasks[*]}" >&3
    if [ -n "$sink" ]; then
        for ((i = 0; i < ${#subnets[@]}; i++)); do
            show aws logs get-log-events --log-group-name "$sink" --log-stream-name "$run_id/${subnets[i]}" \
                --start-from-head --query 'events[].[message]' --output text "${aws_flags[@]}"
        done
    fi
}
