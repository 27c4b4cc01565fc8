# shellcheck shell=bash
# One function of the rescue: made, waited for, invoked, its answer taken. Sourced, not run.

# Of each subnet, whether its function is of no use.
functions_failed=()
function_timeout=90
why=

# create_function INDEX: again while the role is too young to be assumed.
create_function() {
    local name="$FUNCTIONS$run_id-$1" tries=0 command
    command=(lambda create-function --function-name "$name" --runtime provided.al2023 --handler bootstrap
        --architectures "$(lambda_architecture)" --role "$rescue_role" --zip-file "fileb://$zip"
        --timeout "$function_timeout" --memory-size 512 --description "made by $MARK"
        --vpc-config "SubnetIds=${subnets[$1]},SecurityGroupIds=$(joined , "${groups[@]}")")
    if [ -n "$dry_run" ]; then
        show aws "${command[@]}" "${aws_flags[@]}"
        return 0
    fi
    # From here on it may exist, whatever the call says.
    functions[$1]=$name
    until ask "${command[@]}" --query State --output text >"$work/answer"; do
        tries=$((tries + 1))
        if [ "$tries" -lt 15 ] && complains 'cannot be assumed|does not have permissions to call'; then
            progress "waiting until Lambda may assume the role $(name_of "$rescue_role")" "try $tries of 15"
            pause 4
            continue
        fi
        refused_function "$1"
        return 0
    done
    clear_progress
}

refused_function() {
    if is_denied || is_hopeless; then
        needed "make a function in ${names[$1]}" "lambda:CreateFunction (and iam:PassRole on $(name_of "$rescue_role"), ec2:DescribeSubnets, ec2:DescribeSecurityGroups, ec2:DescribeVpcs)" \
            "without functions there are the other ways of docs/running/rescue.md: EC2 through SSM, ECS Exec, CloudShell"
    fi
    # It stays in `functions`: an answer that was lost, or came late, may have made it.
    functions_failed[$1]=1
    add_result "$(rescue_name "$1")" not-started "CreateFunction: $(complaint)"
}

# wait_until_active INDEX: the state as it is told by the least of permissions; sets `why` where it is not reached.
wait_until_active() {
    local began=$SECONDS row state
    while :; do
        row=$(ask lambda get-function-configuration --function-name "${functions[$1]}" \
            --query "[State || 'Active', StateReason || '-']" --output text) || {
            needed "wait for the function in ${names[$1]}" lambda:GetFunctionConfiguration
        }
        IFS=$'\t' read -r state why <<<"$row"
        case "$state" in
            Active) return 0 ;;
            Failed) return 1 ;;
        esac
        why="still $state after $ACTIVE_PATIENCE s ($why)"
        [ "$((SECONDS - began))" -lt "$ACTIVE_PATIENCE" ] || return 1
        progress "the function in ${names[$1]} gets its network interface" "$((SECONDS - began)) s of at most $ACTIVE_PATIENCE s"
        pause 3
    done
}

# invoke INDEX: becomes a process of its own. Once: a second invocation would be a second probe.
invoke() {
    local base="$work/reports/${subnets[$1]}"
    export AWS_MAX_ATTEMPTS=1
    exec aws lambda invoke --function-name "${functions[$1]}" --payload "fileb://$work/event.json" \
        "${aws_flags[@]}" --cli-read-timeout "$((function_timeout + 30))" --query "FunctionError || 'none'" --output text \
        "$base.json" >"$work/invoked.$1" 2>"$work/complaint.$1"
}

# take_answer INDEX: the payload is the report, or says why there is none.
take_answer() {
    local name file="$work/reports/${subnets[$1]}.json" said
    name=$(rescue_name "$1")
    if [ "$(cat "$work/invoked.$1" 2>/dev/null)" = none ]; then
        [ "$mode" = lambda ] || forget_start "${subnets[$1]}"
        add_report "$name" "$file" -
        return 0
    fi
    if [ ! -s "$file" ]; then
        cp "$work/complaint.$1" "$work/complaint"
        if is_denied; then needed "invoke the function in $name" lambda:InvokeFunction; fi
        add_result "$name" not-started "$(why_not "the function was not invoked" lambda:InvokeFunction)"
        return 0
    fi
    said=$(one_line <"$file")
    rm -f "$file"
    case "$said" in
        *'"InputError"'*) die "$BAD_INPUT" "the function would not take this: $said" ;;
    esac
    add_result "$name" not-started "the function failed: $said"
}

# show_invocations INDEX...
show_invocations() {
    local i name
    printf '%s >event.json\n' "$(words printf %s "$(cat "$work/event.json")")" >&3
    for i in "$@"; do
        name="$FUNCTIONS$run_id-$i"
        show aws lambda wait function-active-v2 --function-name "$name" "${aws_flags[@]}"
        show aws lambda invoke --function-name "$name" --cli-read-timeout "$((function_timeout + 30))" \
            --payload fileb://event.json "${aws_flags[@]}" "${subnets[i]}.json"
    done
    for i in "$@"; do show aws lambda delete-function --function-name "$FUNCTIONS$run_id-$i" "${aws_flags[@]}"; done
}
