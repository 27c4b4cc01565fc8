# shellcheck shell=bash
# The probe's own task definition: found, or registered. Sourced, not run.

readonly FAMILY=vpcprobe
# What this script registers carries it, and `--clean` removes nothing else.
readonly MARK=scripts/probe
own_definition=

# use_own_definition: sets `own_definition`, and `cpu_architecture` of it.
use_own_definition() {
    default_architecture
    if [ -n "$probe_task_definition" ]; then
        own_definition=$probe_task_definition
        [ "$role" != none ] || tell "note: a task role of $probe_task_definition itself counts: overrides can't take one away"
        return 0
    fi
    find_image
    if find_own_definition; then return 0; fi
    register "$(own_document '')" "$FAMILY"
}

# An instance has the architecture of the task's; on Fargate the one of the image that nearly everybody has.
default_architecture() {
    [ -n "$cpu_architecture" ] || [ "$launch_type" = FARGATE ] || cpu_architecture=$definition_architecture
    cpu_architecture=${cpu_architecture:-X86_64}
}

# Whether the family's last revision will do: for this launch type, architecture and image.
find_own_definition() {
    local row arn fits found_architecture found_execution found_image found_role inputs
    row=$(ask ecs describe-task-definition --task-definition "$FAMILY" --output text \
        --query "taskDefinition.[taskDefinitionArn, contains(requiresCompatibilities || \`[]\`, '${launch_type:-EC2}'),
            runtimePlatform.cpuArchitecture || 'X86_64', executionRoleArn || '-', containerDefinitions[?name=='vpcprobe'].image | [0] || '-', taskRoleArn || '-',
            length((containerDefinitions[?name=='vpcprobe'] | [0]).environment[?name=='VPCPROBE_TASK_DEFINITION'] || \`[]\`)]") || {
        complains 'Unable to describe|ClientException' || missed "look for the probe's own task definition" \
            ecs:DescribeTaskDefinition "a new revision is registered"
        return 1
    }
    IFS=$'\t' read -r arn fits found_architecture found_execution found_image found_role inputs <<<"$row"
    # One that holds another run's inputs, or a role where none is wanted, is not what is asked for.
    [ "$inputs" = 0 ] || return 1
    case "$role" in '' | none) [ "$found_role" = - ] || return 1 ;; esac
    [ "${execution_role:--}" = "$found_execution" ] || return 1
    [ "$fits" = True ] && [ "$found_architecture" = "$cpu_architecture" ] && [ "$found_image" != - ] || return 1
    [ "$image" = "$found_image" ] || return 1
    own_definition=$arn
}

# find_image: the given one, or what was pushed last into the account's repository.
find_image() {
    local uri tag
    [ -z "$image" ] || return 0
    uri=$(ask ecr describe-repositories --repository-names "$FAMILY" --query 'repositories[0].repositoryUri' --output text) || {
        if complains RepositoryNotFound; then no_image "this account has no repository $FAMILY in $region"; fi
        know_account
        missed "look for the probe's image" ecr:DescribeRepositories "it is taken to be in this account's repository $FAMILY"
        uri=$account.dkr.ecr.$region.$(registry_suffix)/$FAMILY
    }
    # Of several pages, only JSON is one answer.
    if tag=$(ask ecr describe-images --repository-name "$FAMILY" --output json \
        --query 'reverse(sort_by(imageDetails[?imageTags], &imagePushedAt))[0].imageTags[0]'); then
        tag=$(tr -d '"' <<<"$tag")
        [ "$tag" != null ] || no_image "the repository $FAMILY in $region holds no image with a tag"
    else
        missed "look for the image's newest tag" ecr:DescribeImages "it is taken to be latest"
        tag=latest
    fi
    image=$uri:$tag
}

no_image() {
    die "$BAD_INPUT" \
        "$1: push the image (scripts/image --push $FAMILY), name another with --image URI, or use --lambda, which needs no image"
}

registry_suffix() { case "$partition" in aws-cn) echo amazonaws.com.cn ;; *) echo amazonaws.com ;; esac; }

# own_document ENVIRONMENT: as register-task-definition takes it. Without log configuration, so that it starts when logs
# are broken; the mark is a label, because a tag would need a permission more.
own_document() {
    local compatibility=${launch_type:-EC2} size='"cpu":"256","memory":"512",' role_line=
    [ -z "$execution_role" ] || role_line="\"executionRoleArn\":$(json_string "$execution_role"),"
    printf '{"family":"%s","requiresCompatibilities":["%s"],"networkMode":"awsvpc",%s%s' \
        "$FAMILY" "$compatibility" "$size" "$role_line"
    [ "$compatibility" != FARGATE ] ||
        printf '"runtimePlatform":{"cpuArchitecture":"%s","operatingSystemFamily":"LINUX"},' "$cpu_architecture"
    printf '"containerDefinitions":[{"name":"vpcprobe","image":%s,"essential":true,"readonlyRootFilesystem":true,' \
        "$(json_string "$image")"
    printf '"user":"65532:65532","linuxParameters":{"capabilities":{"drop":["ALL"]}},'
    printf '"dockerLabels":{"vpcprobe":"%s"},"environment":[%s]}]}' "$MARK" "$1"
}

# register DOCUMENT NAME: sets `own_definition`.
register() {
    [ -n "$execution_role" ] || [ "$launch_type" != FARGATE ] || tell \
        "warning: no execution role is known, and Fargate pulls an image of ECR with one: give --execution-role"
    if [ -n "$dry_run" ]; then
        show aws ecs register-task-definition --cli-input-json "$1" "${aws_flags[@]}"
        own_definition=$2
        return 0
    fi
    own_definition=$(ask ecs register-task-definition --cli-input-json "$1" \
        --query taskDefinition.taskDefinitionArn --output text) ||
        needed "register the probe's own task definition" "ecs:RegisterTaskDefinition (and iam:PassRole on $execution_role)" \
            "with --probe-task-definition TD none is registered; --lambda needs none"
    tell "Registered $(name_of "$own_definition"); scripts/probe --clean removes it."
}

# register_with_inputs ENVIRONMENT: a revision for this run, where the inputs are too long for RunTask.
register_with_inputs() {
    local row
    if [ -n "$dry_run" ] && [ -z "$image" ]; then image="<the image of $own_definition>"; fi
    if [ -z "$image" ] || [ -n "$probe_task_definition" ]; then
        row=$(ask ecs describe-task-definition --task-definition "$own_definition" --output text --query \
            "taskDefinition.[containerDefinitions[?name=='vpcprobe'].image | [0] || '-', executionRoleArn || '-']") ||
            needed "read $own_definition" ecs:DescribeTaskDefinition "use a definition short enough for RunTask's 8,192 characters"
        IFS=$'\t' read -r image execution_role <<<"$row"
        execution_role=${execution_role#-}
    fi
    tell "The task definition is too long for RunTask's overrides: a revision that holds it is registered for this run."
    register "$(own_document "$1")" "$FAMILY"
    [ -n "$dry_run" ] || revisions+=("$own_definition")
}
