# shellcheck shell=bash
# The caller's ECR by the AWS CLI. Sourced, not run. No token is ever an argument or printed. `region` holds the CLI's
# arguments of that name, if any.

declare -a region
export AWS_RETRY_MODE="${AWS_RETRY_MODE:-standard}" AWS_PAGER=

# ecr STEP ACTION ARGUMENTS...: one call; its answer on standard output, or one sentence and 1.
ecr() {
    local step=$1 action=$2 complaint status=0
    shift 2
    complaint=$(mktemp)
    aws ecr "$@" --output text "${region[@]}" 2>"$complaint" || status=$?
    [ "$status" -eq 0 ] || say_why "$step" "$action" "$(tr '\n' ' ' <"$complaint")" >&2
    rm -f "$complaint"
    [ "$status" -eq 0 ]
}

say_why() {
    case "$3" in
        *AccessDenied* | *UnauthorizedOperation* | *"not authorized"*)
            echo "To $1 you need the permission ecr:$2, which you don't have: $3" ;;
        *Unable\ to\ locate\ credentials*) echo "To $1 the AWS CLI needs credentials, and it finds none: aws configure, or AWS_PROFILE." ;;
        *You\ must\ specify\ a\ region*) echo "To $1 a Region is needed: --region, or AWS_REGION." ;;
        *) echo "Could not $1: $3" ;;
    esac
}

# The registry's host and what logs in to it, a line each.
ecr_login() {
    ecr "log in to the registry" GetAuthorizationToken \
        get-authorization-token --query 'authorizationData[0].[proxyEndpoint,authorizationToken]' | tr '\t' '\n'
}

# The repository, made when it is missing. Who may not ask whether it is there can push to it all the same.
ecr_repository() {
    local complaint
    complaint=$(ecr "see whether the repository $1 exists" DescribeRepositories \
        describe-repositories --repository-names "$1" --query 'repositories[0].repositoryArn' 2>&1 >/dev/null) && return 0
    case "$complaint" in
        *RepositoryNotFoundException*) ;;
        *"need the permission"*)
            echo "$complaint" >&2
            echo "Going on as if it were there." >&2
            return 0
            ;;
        *) echo "$complaint" >&2; return 1 ;;
    esac
    ecr "create the repository $1" CreateRepository \
        create-repository --repository-name "$1" --query 'repository.repositoryUri' >/dev/null || return 1
    echo "Created the repository $1." >&2
}
