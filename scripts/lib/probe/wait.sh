# shellcheck shell=bash
# Waits for the probe tasks, and brings what each has to say: its report, or its exit code, or why it never started. Sourced.

# Seconds until a report that was written must be there to be read.
readonly LOG_PATIENCE=10
# When all tasks had ended.
ended_at=0

wait_for_tasks() {
    local tries=0 began=$SECONDS
    [ "${#running[@]}" -gt 0 ] || return 0
    while :; do
        progress "$(state_line)" "$((SECONDS - began)) s of at most $wait_seconds s"
        if update_states; then
            tries=0
            all_stopped && break
        elif is_denied; then
            missed "wait for the probe tasks" ecs:DescribeTasks "only the logs say when they end, and no exit code is read"
            wait_for_reports "$began"
            is_denied && leave_running
            break
        else
            tries=$((tries + 1))
            [ "$tries" -lt 5 ] || needed "wait for the probe tasks" ecs:DescribeTasks
        fi
        [ "$((SECONDS - began))" -lt "$wait_seconds" ] || break
        pause "$((SECONDS - began < 20 ? 2 : 5))"
    done
    clear_progress
    ended_at=$SECONDS
    [ -z "$unseen" ] || return 0
    if all_stopped; then running=() run_tasks_began=$unsure; else stop_tasks "it took more than $wait_seconds s (--wait)"; fi
}

# Neither their end nor their reports can be seen from here; they end by themselves, and leave their reports to others.
unseen=
leave_running() {
    unseen="it was started, and what came of it can't be read: no permission ecs:DescribeTasks, none logs:GetLogEvents"
    tell "The probe tasks run on and end at their deadline; who may, finds their reports in $sink, in the streams $run_id/…"
    running=() run_tasks_began=
}

update_states() {
    local rows arn state i
    rows=$(ask ecs describe-tasks --cluster "$cluster" --tasks "${running[@]}" \
        --query 'tasks[].[taskArn, lastStatus]' --output text) || return 1
    while IFS=$'\t' read -r arn state; do
        for ((i = 0; i < ${#subnets[@]}; i++)); do
            [ "${arns[i]}" != "$arn" ] || states[i]=$state
        done
    done <<<"$rows"
}

all_stopped() {
    local i
    for ((i = 0; i < ${#subnets[@]}; i++)); do
        [ -z "${arns[i]}" ] || [ "${states[i]}" = STOPPED ] || return 1
    done
}

state_line() {
    local i parts=()
    for ((i = 0; i < ${#subnets[@]}; i++)); do
        parts+=("${names[i]} ${states[i]:-not started}")
    done
    printf 'probe tasks: %s' "$(joined '; ' "${parts[@]}")"
}

# wait_for_reports BEGAN: where nothing may be asked of tasks.
wait_for_reports() {
    local i missing
    [ -n "$sink" ] || return 0
    while [ "$((SECONDS - $1))" -lt "$wait_seconds" ]; do
        missing=0
        for ((i = 0; i < ${#subnets[@]}; i++)); do
            if [ -z "${arns[i]}" ] || [ "${states[i]}" = STOPPED ]; then continue; fi
            if fetch_report "$i"; then states[i]=STOPPED; else missing=$((missing + 1)); fi
        done
        [ "$missing" -gt 0 ] || return 0
        is_denied && return 0
        progress "waiting for $(counted "$missing" report)" "$((SECONDS - $1)) s of at most $wait_seconds s"
        pause 5
    done
}

# collect INDEX: what its task has to say becomes a result.
collect() {
    local name=${subnets[$1]} row exit_code reason
    row=$(ask ecs describe-tasks --cluster "$cluster" --tasks "${arns[$1]}" --output text --query \
        "tasks[0].[containers[?name=='vpcprobe'].exitCode | [0] || '-',
            (containers[?name=='vpcprobe'].reason | [0]) || stoppedReason || '']") || row=-
    IFS=$'\t' read -r -d '' exit_code reason <<<"$row" || true
    reason=$(one_line <<<"$reason")
    # What is no number is none: of a task that ECS does not know any more the CLI says None.
    exit_code=${exit_code%%[!0-9]*}
    exit_code=${exit_code:--}
    if [ -n "$unseen" ]; then reason=${reason:-$unseen}; fi
    if [ "$exit_code" = - ] && [ "${states[$1]}" != STOPPED ]; then
        reason="the probe task was still ${states[$1]} after $wait_seconds s, and was stopped"
    fi
    if { [ "$exit_code" != - ] || [ -z "$reason" ]; } && await_report "$1"; then
        add_report "$name" "$work/reports/${subnets[$1]}.jsonl" "$exit_code"
    elif [ "$exit_code" != - ]; then
        tell "note: $name: no report came to ${sink:-any log group}; what is known is the exit code $exit_code."
        add_result "$name" exit "$exit_code"
    else
        add_result "$name" not-started "${reason:-the task ended without an exit code, and ECS does not say why}"
    fi
}

# await_report INDEX: what was written before the task's end may show a little after it.
await_report() {
    [ -n "$sink" ] || return 1
    while ! fetch_report "$1"; do
        if is_denied; then
            missed "read the report of ${names[$1]}" logs:GetLogEvents "what is known is the exit code"
            return 1
        fi
        # No stream is what a probe leaves that could not reach CloudWatch Logs: its exit code says so.
        if complains 'log group does not exist' || [ "$((SECONDS - ended_at))" -ge "$LOG_PATIENCE" ]; then return 1; fi
        pause 2
    done
}

# fetch_report INDEX: page after page until the one that leads nowhere; whether it is whole.
fetch_report() {
    local page="$work/page" token='' next more=() file="$work/reports/${subnets[$1]}.jsonl"
    : >"$work/complaint"
    : >"$file"
    while :; do
        ask logs get-log-events --log-group-name "$sink" --log-stream-name "$run_id/${subnets[$1]}" --start-from-head \
            ${more[@]+"${more[@]}"} --query '[[nextForwardToken], events[].[message]] | []' --output text >"$page" || return 1
        next=$(head -n 1 "$page")
        tail -n +2 "$page" >>"$file"
        if [ "$next" = None ] || [ "$next" = "$token" ]; then break; fi
        token=$next
        more=(--next-token "$token")
    done
    tail -n 1 "$file" | grep -Eq '"type": ?"summary"'
}
