//! `log-group-not-found`: Logs answers, and has no such group. That it answers proves the network.

use super::{grouped, missing};
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::{Ledger, Trouble};
use crate::diagnosis::reading::Missing;
use crate::diagnosis::{Case, Finding, FindingId, aws, shaped, words};
use crate::plan::{Deed, LogGroup};

/// Take it, a finding a group.
pub fn find<'c>(case: &'c Case<'c>, ledger: &mut Ledger<'c>) -> Vec<Finding> {
    let taken = missing::take(ledger, |missing| missing == Missing::LogGroup);
    let groups = grouped::by(taken, group);
    groups.iter().filter_map(|(group, taken)| Some(finding(case, (*group)?, taken))).collect()
}

fn group<'c>(trouble: &Trouble<'c>) -> Option<&'c LogGroup> {
    match &trouble.view.check.step.as_ref()?.deed {
        Deed::LogStream(group) => Some(group),
        Deed::Identity
        | Deed::Secret(_)
        | Deed::EnvironmentFile(_)
        | Deed::Token
        | Deed::Manifest(_)
        | Deed::Layers(_) => None,
    }
}

fn finding<'c>(case: &'c Case<'c>, group: &LogGroup, taken: &[Trouble<'c>]) -> Finding {
    let shown = words::quoted(&group.name);
    let name = shaped::word_or(Some(&group.name), "$LOG_GROUP");
    let region = group.region.as_str();
    Draft::new(FindingId::LogGroupNotFound, case, taken)
        .summary(format!("{} no log group {shown} in {region}.", words::hosts_say(taken, "answers, and has", "answer, and have")))
        .meaning("The network is open; the task is stopped before its container starts, because awslogs can't open its stream.")
        .fix(aws::command("create it", region, format!("logs create-log-group --log-group-name {name}")))
        .fix(aws::command(
            "or see which groups there are, and correct awslogs-group or awslogs-region in the task definition",
            region,
            "logs describe-log-groups --query 'logGroups[].logGroupName'",
        ))
        .fix(aws::step(
            "or let the driver create it: awslogs-create-group, and logs:CreateLogGroup for the execution role, which the managed \
             policy lacks",
        ))
        .finding()
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::{assert_scenes, judge};

    const ABSENT: &str = "create-log-stream=400/ResourceNotFoundException/The~specified~log~group~does~not~exist.";

    #[test]
    fn a_group_that_is_not_there_is_created_under_its_name() {
        let scene = format!("logs dns=10.0.1.6\nlog-stream:/ecs/app {ABSENT} put-log-events=below");
        assert_scenes(&[
            ("missing", &scene, "error log-group-not-found log-stream:/ecs/app"),
            (
                "seen by a look-up",
                "replay read-only
                 logs dns=10.0.1.6
                 log-stream:/ecs/app describe-log-streams=400/ResourceNotFoundException/x",
                "error log-group-not-found log-stream:/ecs/app",
            ),
            (
                "the driver creates it",
                &format!("logs dns=10.0.1.6\nlog-stream:/ecs/app create {ABSENT} put-log-events=below"),
                "info unproved log-stream:/ecs/app",
            ),
        ]);
        let judged = judge(&scene);
        assert_eq!(judged.exit_code, 37);
        assert_eq!(
            judged.findings[0].fix[0].command.as_deref(),
            Some("aws logs create-log-group --log-group-name /ecs/app --region ap-northeast-1")
        );
        assert!(
            judged.findings[0]
                .ecs_error
                .as_ref()
                .unwrap()
                .ends_with("The specified log group does not exist. : exit status 1")
        );
    }

    #[test]
    fn a_name_that_a_shell_would_act_on_stays_out_of_the_command() {
        let found = judge(&format!("logs dns=10.0.1.6\nlog-stream:/ecs/$(reboot) {ABSENT}")).findings.remove(0);
        assert!(found.fix[0].command.as_ref().unwrap().contains("--log-group-name $LOG_GROUP "), "{:?}", found.fix[0]);
    }
}
