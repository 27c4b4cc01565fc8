# shellcheck shell=bash
# The command line. Sourced, not run.

# What the user gave; an empty one is not given.
mode=task
cluster='' service='' task='' task_definition='' launch_type='' platform_version='' cpu_architecture=''
public_ip='' role='' execution_role='' image='' probe_task_definition='' log_group=/vpcprobe
zip=${VPCPROBE_LAMBDA_ZIP:-} lambda_role='' json_dir='' format='' region='' profile='' dry_run='' rescue='' wait_seconds=900
network='' no_network=
subnets=()
groups=()
# For the probe itself: names as its flags have them, in snake_case, and values; of a repeated one, a line each.
input_names=()
input_values=()
profile_flags=()
aws_flags=()

readonly PROBE_VALUES=' region profile service image log-group secret layers endpoint expect vpc-cidr dns-timeout
 connect-timeout tls-timeout http-timeout deadline slow max-pull-time ca-bundle roots '
readonly PROBE_REPEATED=' profile service image log-group secret endpoint expect vpc-cidr '
readonly PROBE_SWITCHES=' read-only no-control fips dual-stack strict '

# parse ARGUMENT...
parse() {
    parse_flags "$@"
    take_environment
    check_options
}

no_flag_hint='; what is meant for the probe itself comes after --'

# take_switch FLAG: whether it is one without a value; then it is taken.
take_switch() {
    case "$1" in
        --dry-run) dry_run=1 ;;
        --lambda) mode=lambda ;;
        --clean) mode=clean ;;
        --rescue) rescue=1 ;;
        --no-network) no_network=1 ;;
        *) return 1 ;;
    esac
}

# take FLAG VALUE
take() {
    local flag=$1 value=$2
    case "$flag" in
        --cluster) cluster=$value ;;
        --service) service=$value ;;
        --task) task=$value ;;
        --subnets) split_list subnets "$value" ;;
        --security-groups) split_list groups "$value" ;;
        --task-definition) task_definition=$value ;;
        --assign-public-ip) public_ip=$(upper "$value") ;;
        --role) role=$value ;;
        --execution-role) execution_role=$value ;;
        --launch-type) launch_type=$(upper "$value") ;;
        --platform-version) platform_version=$value ;;
        --cpu-architecture) cpu_architecture=$(upper "$value") ;;
        --image) image=$value ;;
        --probe-task-definition) probe_task_definition=$value ;;
        --log-group) log_group=$value ;;
        --zip) zip=$value ;;
        --lambda-role) lambda_role=$value ;;
        --wait) wait_seconds=$value ;;
        --json) json_dir=$value ;;
        --network) network=$value ;;
        --format) format=$value ;;
        --region) region=$value ;;
        --profile) profile=$value ;;
        --dry-run | --lambda | --clean | --rescue | --no-network) wrong "$flag takes no value" ;;
        *) wrong "there is no $flag$no_flag_hint" ;;
    esac
    [ -n "$value" ] || wrong "$flag needs a value"
}

# take_rest ARGUMENT...: what stands after --, as the probe has it.
take_rest() {
    local flag value
    while [ $# -gt 0 ]; do
        flag=${1#--}
        case "$1" in --*) shift ;; *) wrong "$1 is no flag of the probe" ;; esac
        case "$flag" in
            *=*) value=${flag#*=} flag=${flag%%=*} ;;
            *)
                value=true
                if ! is_among "$flag" "$PROBE_SWITCHES" && is_among "$flag" "$PROBE_VALUES"; then
                    [ $# -gt 0 ] || wrong "--$flag of the probe needs a value"
                    value=$1
                    shift
                fi
                ;;
        esac
        add_input "$flag" "$value"
    done
}

# add_input FLAG VALUE
add_input() {
    local name=${1//-/_} i
    case "$1" in
        task-definition) wrong "--task-definition comes before --" ;;
        sink | format) wrong "--$1 of the probe is set by this script: --log-group says where reports go, --format how they are printed" ;;
        endpoints) wrong "--endpoints names a file, which the task would not have: give --endpoint for each line" ;;
    esac
    is_among "$1" "$PROBE_VALUES$PROBE_SWITCHES" || wrong "the probe has no flag --$1"
    for ((i = 0; i < ${#input_names[@]}; i++)); do
        [ "${input_names[i]}" = "$name" ] || continue
        is_among "$1" "$PROBE_REPEATED" || wrong "--$1 of the probe is given twice"
        input_values[i]="${input_values[i]}"$'\n'"$2"
        return 0
    done
    input_names+=("$name")
    input_values+=("$2")
}

# The probe's own variables count as they do for the probe: where no flag says otherwise.
take_environment() {
    local flag variable
    for flag in $PROBE_VALUES $PROBE_SWITCHES; do
        variable=VPCPROBE_$(upper "${flag//-/_}")
        if [ -n "${!variable:-}" ] && ! has_input "${flag//-/_}"; then add_input "$flag" "${!variable}"; fi
    done
}

# input NAME: its value.
input() {
    local i
    for ((i = 0; i < ${#input_names[@]}; i++)); do
        if [ "${input_names[i]}" = "$1" ]; then printf '%s' "${input_values[i]}"; fi
    done
}

has_input() { [ -n "$(input "$1")" ]; }

check_options() {
    case "$format" in '' | text | json) ;; *) wrong "--format is text or json" ;; esac
    case "$wait_seconds" in *[!0-9]* | '' | 0*) wrong "--wait takes whole seconds" ;; esac
    case "$cpu_architecture" in '' | X86_64 | ARM64) ;; *) wrong "--cpu-architecture is X86_64 or ARM64" ;; esac
    case "$launch_type" in '' | FARGATE | EC2) ;; *) wrong "--launch-type is FARGATE or EC2" ;; esac
    case "$public_ip" in '' | ENABLED | DISABLED) ;; *) wrong "--assign-public-ip is ENABLED or DISABLED" ;; esac
    case "$log_group" in *[!A-Za-z0-9_/.#-]*) wrong "$log_group can't be a log group's name" ;; esac
    check_ids
    [ -z "$service" ] || [ -z "$task" ] || wrong "--service or --task, not both"
    [ -z "$network" ] || [ -z "$no_network" ] || wrong "--network or --no-network, not both"
    [ -z "$zip" ] || [ -r "$zip" ] || die "$BAD_INPUT" "--zip $zip can't be read"
    [ "$mode" != clean ] || return 0
    [ -n "$service$task" ] || [ "${#subnets[@]}" -gt 0 ] ||
        wrong "say what would not start: --service S, --task ID, or --subnets … --security-groups … --task-definition TD"
}
