# shellcheck shell=bash
# The command line of scripts/network. Sourced, not run.

vpc='' out=network.json region='' profile=''
subnets=()
groups=()
public_ip=''
# What a service is read into besides; of these only its name matters here.
cluster='' service='' task='' task_definition='' platform_version=''
profile_flags=()
aws_flags=()

# parse ARGUMENT...
parse() {
    parse_flags "$@"
    check_options
}

# take FLAG VALUE
take() {
    local flag=$1 value=$2
    case "$flag" in
        --vpc) vpc=$value ;;
        --subnets) split_list subnets "$value" ;;
        --security-groups) split_list groups "$value" ;;
        --assign-public-ip) public_ip=$(upper "$value") ;;
        --cluster) cluster=$value ;;
        --service) service=$value ;;
        --out) out=$value ;;
        --region) region=$value ;;
        --profile) profile=$value ;;
        *) wrong "there is no $flag" ;;
    esac
    [ -n "$value" ] || wrong "$flag needs a value"
}

check_options() {
    check_ids
    [ -z "$vpc" ] || [[ $vpc =~ ^vpc-[a-z0-9]+$ ]] || wrong "$vpc is no VPC's id (vpc-…)"
    case "$profile" in -* | *[[:cntrl:]]*) wrong "--profile is no profile's name" ;; esac
    case "$public_ip" in '' | ENABLED | DISABLED) ;; *) wrong "--assign-public-ip is ENABLED or DISABLED" ;; esac
    [ -n "$service" ] || [ -z "$cluster" ] || wrong "--cluster goes with --service"
    [ -n "$vpc$service" ] || [ "${#subnets[@]}" -gt 0 ] ||
        wrong "say which VPC: --vpc V, --subnets A,B, or --cluster C --service S"
}

# check_region: given, or of the environment or the AWS CLI's settings.
check_region() {
    [[ $region =~ ^[a-z][a-z0-9-]+$ ]] || wrong "$(printf '%q' "$region") is no Region (as in eu-west-1)"
}
