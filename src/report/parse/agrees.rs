//! Whether a saved report agrees with itself. One that was changed by hand, or pieced together, could show a failure
//! as a success: whatever a run of this program can't come to is refused.

use std::collections::HashSet;

use super::super::Report;
use super::super::examined::slug;
use crate::diagnosis::{CheckResult, CheckStatus, Ended, Severity, Verdict};
use crate::inputs::shown;
use crate::observation::{Observation, Outcome, Why};

/// Accept a report whose parts can be of one run, or say in one sentence what contradicts what.
pub(super) fn agrees(report: &Report) -> Result<(), String> {
    let checks = each_once("check", report.checks.iter().map(|check| check.id.0.as_str()))?;
    each_once("observation", report.observations.iter().map(|seen| seen.id.0.as_str()))?;
    let mut watched = report.watch.iter().flat_map(|watch| &watch.checks).map(|series| series.check.0.as_str());
    if let Some(stray) = watched.find(|id| !checks.contains(id)) {
        return Err(format!("not a whole report: its watch has a check that it does not list: {}", shown(stray)));
    }
    contradiction(report).map_or(Ok(()), |what| {
        Err(format!("the report contradicts itself: its verdict is {}, and {what}", slug(&report.verdict)))
    })
}

/// Of two copies of one id the first would hide what the second says.
fn each_once<'r>(kind: &str, ids: impl Iterator<Item = &'r str>) -> Result<HashSet<&'r str>, String> {
    let mut known = HashSet::new();
    for id in ids {
        if !known.insert(id) {
            return Err(format!("not a whole report: the {kind} {} is there twice", shown(id)));
        }
    }
    Ok(known)
}

/// What can't be beside the verdict.
fn contradiction(report: &Report) -> Option<String> {
    let fits = match report.verdict {
        Verdict::Pass => report.exit_code == 0,
        Verdict::Fail => matches!(report.exit_code, 4 | 11..=69),
        Verdict::Inconclusive => matches!(report.exit_code, 70 | 71),
    };
    if !fits {
        return Some(format!("its exit code is {}", report.exit_code));
    }
    if report.run.ended == Ended::Signal && report.verdict != Verdict::Inconclusive {
        return Some("a signal ended the run".to_owned());
    }
    if report.verdict != Verdict::Pass {
        return None;
    }
    if let Some(error) = report.findings.iter().find(|finding| finding.severity == Severity::Error) {
        return Some(format!("{} is an error", error.id));
    }
    let unfit = |check: &&CheckResult| match check.status {
        CheckStatus::Fail => true,
        CheckStatus::NotRun => check.required && !is_left_out(report, check),
        CheckStatus::Pass | CheckStatus::Warn => false,
    };
    let check = report.checks.iter().find(unfit)?;
    Some(format!("the status of {} is {}", shown(&check.id.0), slug(&check.status)))
}

/// Steps of the task start that are left out for lack of credentials, by wish or to another round, do not cost a pass,
/// nor do those after them of which nothing was asked.
fn is_left_out(report: &Report, check: &CheckResult) -> bool {
    let is_left = |seen: &Observation| match seen.outcome {
        Outcome::NotTried { why } => matches!(why, Why::NoCredentials | Why::NotAsked | Why::OtherRound),
        Outcome::Saw { .. } | Outcome::Failed { .. } => false,
    };
    let own = || report.observations.iter().filter(|seen| seen.check == check.id);
    let is_unasked = own().all(|seen| matches!(seen.outcome, Outcome::NotTried { .. }));
    own().any(is_left) || is_unasked && report.observations.iter().any(is_left)
}
