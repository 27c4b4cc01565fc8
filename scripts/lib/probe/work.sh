# shellcheck shell=bash
# The temporary folder, what is running in the account because of this run, and how it ends whatever happens. Sourced.

work=
run_id=
# Started and not seen to be over: tasks, by subnet; functions; revisions made for this run only.
running=()
functions=()
revisions=()

start_work() {
    work=$(mktemp -d "${TMPDIR:-/tmp}/vpcprobe.XXXXXX") || die "$COULD_NOT_LOOK" "no temporary folder can be made"
    run_id=$(date -u +%Y%m%dT%H%M%S)-$(od -An -N4 -tx1 /dev/urandom | tr -d ' \n')
    trap finish EXIT
    trap interrupted INT TERM HUP
}

interrupted() {
    tell "scripts/probe: interrupted"
    exit 130
}

# finish: nothing of this run is left running, in whatever way it ends.
finish() {
    local status=$?
    trap - EXIT
    trap '' INT TERM HUP PIPE
    set +e
    [ "${#beside[@]}" -eq 0 ] || kill "${beside[@]}" 2>/dev/null
    end_view
    stop_tasks "this run ended before it"
    delete_functions
    drop_revisions
    undo_role
    [ -z "$work" ] || rm -rf "$work"
    exit "$status"
}

# stop_tasks WHY: those that still run; also one whose start was under way when the signal came.
stop_tasks() {
    local arn listed stopped=0
    [ -n "${run_tasks_began:-}" ] || return 0
    listed=$(ask ecs list-tasks --cluster "$cluster" --started-by "$started_by" --query taskArns --output text) || {
        listed=
        tell "warning: $(why_not "see whether a task of this run still runs" ecs:ListTasks "one that does ends at its deadline")"
    }
    for arn in $listed; do
        is_among "$arn" " ${running[*]-} " || running+=("$arn")
    done
    for arn in ${running[@]+"${running[@]}"}; do
        if [ "$arn" = None ] || is_over "$arn"; then continue; fi
        if ask ecs stop-task --cluster "$cluster" --task "$arn" --reason "scripts/probe: $1" >"$work/answer"; then
            stopped=$((stopped + 1))
        else
            tell "warning: $(why_not "stop the task $(name_of "$arn")" ecs:StopTask "it ends by itself at its deadline")"
        fi
    done
    running=()
    run_tasks_began=
    [ "$stopped" -eq 0 ] || tell "Stopped $(counted "$stopped" "probe task")."
}

# is_over ARN: as far as it was seen.
is_over() {
    local i
    for ((i = 0; i < ${#arns[@]}; i++)); do
        if [ "${arns[i]}" = "$1" ]; then [ "${states[i]}" = STOPPED ] && return 0 || return 1; fi
    done
    return 1
}

delete_functions() {
    local name deleted=0
    for name in ${functions[@]+"${functions[@]}"}; do
        [ -n "$name" ] || continue
        if ask lambda delete-function --function-name "$name" >"$work/answer"; then
            deleted=$((deleted + 1))
        elif ! complains ResourceNotFound; then
            tell "warning: $(why_not "delete the function $name" lambda:DeleteFunction "delete it by hand, or with scripts/probe --clean")"
        fi
    done
    functions=()
    [ "$deleted" -gt 0 ] || return 0
    tell "Deleted $(counted "$deleted" function)."
    [ "$(name_of "$rescue_role")" != "$RESCUE_ROLE" ] || tell "The role $RESCUE_ROLE stays: Lambda removes the functions' network interfaces with it, which takes 20 to 45 minutes. After that: scripts/probe --clean"
}

drop_revisions() {
    local arn
    for arn in ${revisions[@]+"${revisions[@]}"}; do
        drop_revision "$arn" || tell "warning: $(why_not "remove $arn" ecs:DeregisterTaskDefinition "scripts/probe --clean does it")"
    done
    revisions=()
}

# drop_revision ARN: of a task definition; to delete it as well is a younger operation, without which it stays inactive.
drop_revision() {
    ask ecs deregister-task-definition --task-definition "$1" --query taskDefinition.status --output text >"$work/answer" ||
        return 1
    ask ecs delete-task-definitions --task-definitions "$1" --query 'failures[].reason' --output text >"$work/answer" && return 0
    if complains '[Ii]nvalid choice'; then
        tell "note: $(name_of "$1") is deregistered; this AWS CLI is too old to delete it as well."
    else
        tell "note: $(why_not "$(name_of "$1") is deregistered and not deleted" ecs:DeleteTaskDefinitions)"
    fi
}
