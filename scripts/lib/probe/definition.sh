# shellcheck shell=bash
# The task definition that would not start, cut down to what the probe reads. Sourced, not run.

# What is left out is never fetched to this machine's disk either: `environment` above all, and the options of log drivers
# other than awslogs, which hold tokens.
readonly DISTILLED="taskDefinition.{family: family, revision: revision, taskDefinitionArn: taskDefinitionArn,
    executionRoleArn: executionRoleArn, taskRoleArn: taskRoleArn, requiresCompatibilities: requiresCompatibilities,
    runtimePlatform: runtimePlatform,
    containerDefinitions: containerDefinitions[].{name: name, image: image, repositoryCredentials: repositoryCredentials,
        secrets: secrets, environmentFiles: environmentFiles, firelensConfiguration: firelensConfiguration.{type: type},
        logConfiguration: logConfiguration.{logDriver: logDriver, secretOptions: secretOptions,
            options: options.{\"awslogs-group\": \"awslogs-group\", \"awslogs-region\": \"awslogs-region\",
                \"awslogs-stream-prefix\": \"awslogs-stream-prefix\", \"awslogs-create-group\": \"awslogs-create-group\"}}},
    volumes: volumes[?efsVolumeConfiguration].{name: name,
        efsVolumeConfiguration: efsVolumeConfiguration.{fileSystemId: fileSystemId, rootDirectory: rootDirectory}}}"

# The same, in gzip and base64; empty where there is no definition.
packed=
# What the definition says of itself.
definition_role='' definition_architecture=''

read_definition() {
    [ -n "$task_definition" ] || return 0
    ask ecs describe-task-definition --task-definition "$task_definition" --query "$DISTILLED" --output json \
        >"$work/definition.pretty" || {
        no_definition
        return 0
    }
    sed 's/^ *//' "$work/definition.pretty" | tr -d '\n' >"$work/definition.json"
    packed=$(gzip -9 -n -c "$work/definition.json" | base64 | tr -d '\n')
    read_definition_facts
    [ -n "$role" ] || role=$definition_role
    [ -n "$execution_role" ] || execution_role=$definition_role
}

no_definition() {
    if complains 'Unable to describe task definition|ClientException|InvalidParameter'; then
        die "$BAD_INPUT" "there is no task definition $task_definition in $region: $(complaint)"
    fi
    has_input image || needed "read the task definition" ecs:DescribeTaskDefinition \
        "the images can be named instead, with -- --image REF"
    missed "read the task definition" ecs:DescribeTaskDefinition "of the start the images are replayed that -- --image names"
    task_definition=
}

# The lines are the AWS CLI's own, one field each; values of these are plain words.
read_definition_facts() {
    definition_role=$(field_of executionRoleArn)
    definition_architecture=$(field_of cpuArchitecture)
}

field_of() { sed -n "s/^ *\"$1\": \"\([^\"]*\)\",\{0,1\}\$/\1/p" "$work/definition.pretty" | head -n 1; }

# Whether the probe would take all that, before anything is started for it.
check_inputs() {
    local flags=() i value flag
    if [ -n "$packed" ]; then flags+=(--task-definition "$(cat "$work/definition.json")"); fi
    has_input region || flags+=(--region "$region")
    for ((i = 0; i < ${#input_names[@]}; i++)); do
        flag=--${input_names[i]//_/-}
        # Certificates lie where the probe will run, if anywhere.
        case "$flag" in --ca-bundle | --roots) continue ;; esac
        if is_among "${flag#--}" "$PROBE_SWITCHES"; then
            case "${input_values[i]}" in true | 1 | yes | on) flags+=("$flag") ;; esac
            continue
        fi
        while IFS= read -r value; do flags+=("$flag=$value"); done <<<"${input_values[i]}"
    done
    local status=0
    "${judge[@]}" plan --format json ${flags[@]+"${flags[@]}"} >/dev/null 2>"$work/complaint" || status=$?
    [ "$status" -eq 0 ] || die "$((status == USAGE ? USAGE : BAD_INPUT))" "the probe would not take this: $(complaint)"
}
