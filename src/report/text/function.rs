//! What a Lambda function sees with other eyes than the task whose place it takes.

use super::cells::time;
use super::who::is_session_of;
use crate::inputs::{Function, Vantage, VantageKind};
use crate::report::Report;

/// The notes, where the probe stood in a function; none else.
pub(super) fn notes(report: &Report) -> Vec<String> {
    let Vantage { kind: VantageKind::Lambda, function, .. } = &report.vantage else { return vec![] };
    let mut notes = Vec::new();
    notes.extend(function.as_ref().and_then(|function| function.asked_deadline_ms).map(|asked| {
        let (left, asked) = (time(report.inputs.limits.deadline_ms), time(asked));
        format!("the function's own time-out left {left} of the {asked} that the run was to take")
    }));
    notes.extend(identity(report));
    notes.push(
        "a function reaches the subnet over a network interface that functions share (Hyperplane), in the same subnet \
         and security groups: its source address is another than a task's, and so may the answer be where a rule or a \
         policy names addresses or interfaces"
            .to_owned(),
    );
    notes.push(
        "a function has no task metadata: its zone and its task are not known, and where the VPC has a DHCP options set \
         of its own, a task may have other resolvers than these"
            .to_owned(),
    );
    notes
}

/// What stands in the place of a task's ARN.
pub(super) fn called(report: &Report) -> String {
    let Some(Function { name, version, .. }) = &report.vantage.function else { return "a Lambda function".to_owned() };
    let version = version.as_ref().map(|version| format!(", version {version}")).unwrap_or_default();
    format!("the Lambda function {name}{version}")
}

/// Whose permissions were proved, unless they are those that the platform uses.
fn identity(report: &Report) -> Option<String> {
    let role = report.inputs.task_definition.as_ref().and_then(|task| task.execution_role.as_deref());
    let is_the_same = |arn: &String| role.is_some_and(|role| is_session_of(arn, role));
    let is_signed = report.observations.iter().any(|seen| seen.step.is_some());
    if !is_signed || report.vantage.identity_arn.as_ref().is_some_and(is_the_same) {
        return None;
    }
    let whose = if role.is_some() && report.vantage.identity_arn.is_some() {
        "the function's role, which is not the task's execution role"
    } else {
        "the function's role, which need not be the task's execution role"
    };
    Some(format!("what is signed was asked for as {whose}: what is allowed or denied here, is so to that role"))
}
