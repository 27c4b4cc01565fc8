//! A run in one sentence.

use super::{TOO_SLOW, Verdict, WRONG_ROUTE, decisive, is_our_fault};
use crate::diagnosis::{Case, Ended, Finding, Severity, words};
use crate::observation::{Fault, Observation, Outcome, Why};

/// What it comes to: what was needed and answers, what fails and by what, or why that is not known.
pub(super) fn headline(case: &Case<'_>, findings: &[Finding], verdict: Verdict, ended: Ended) -> String {
    match verdict {
        Verdict::Pass => passed(case, findings),
        Verdict::Fail => match decisive(case, findings) {
            Some((_, WRONG_ROUTE, finding)) => {
                format!("a route is not the one that is asserted: {}", continued(&told(finding)))
            }
            Some((_, TOO_SLOW, finding)) => format!("slower than is allowed: {}", continued(&finding.summary)),
            Some((tens, _, finding)) => format!("{}: {}", what_fails(tens), continued(&told(finding))),
            None => format!("nothing fails, and with --strict warnings do: {}", first_summary(findings)),
        },
        Verdict::Inconclusive => format!("not known: {}{}", why_blind(case, ended), seen_so_far(findings)),
    }
}

fn passed(case: &Case<'_>, findings: &[Finding]) -> String {
    let required = || case.views.iter().filter(|view| view.check.required);
    let endpoints = required().filter(|view| view.is_subject()).count();
    let warnings = findings.iter().filter(|finding| finding.severity == Severity::Warning).count();
    let but = if warnings == 0 { String::new() } else { format!(", with {}", words::plural(warnings, "warning")) };
    let answer = match endpoints {
        0 => "nothing was required".to_owned(),
        1 => "the one endpoint that is required answers as it should".to_owned(),
        _ => format!("all {endpoints} endpoints that are required answer as they should"),
    };
    let steps = required().filter(|view| view.is_step()).count();
    let undone = required().filter(|view| view.is_step() && view.is_undone()).count();
    let replay = match (steps, undone) {
        (0, _) => String::new(),
        (1, 0) => ", and so does the one step of the start".to_owned(),
        (_, 0) => format!(", and so do all {steps} steps of the start"),
        (_, undone) => format!(", and {undone} of {} of the start could not be tried", words::plural(steps, "step")),
    };
    format!("{answer}{replay}{but}")
}

/// What was seen, and the piece of configuration that is to blame, where the operator's view shows it.
fn told(finding: &Finding) -> String {
    let Some(culprit) = &finding.culprit else { return finding.summary.clone() };
    format!("{}; {} {} is to blame.", finding.summary.trim_end_matches('.'), culprit.kind.words(), culprit.id)
}

/// A sentence that goes on after a colon; names and addresses keep their letters.
fn continued(sentence: &str) -> String {
    let mut letters = sentence.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if first.is_ascii_uppercase() && second.is_ascii_lowercase() => {
            format!("{}{}", first.to_ascii_lowercase(), &sentence[1..])
        }
        _ => sentence.to_owned(),
    }
}

/// As a tired person at night asks for it.
fn what_fails(tens: u8) -> &'static str {
    match tens {
        1 => "the secrets can't be fetched",
        2 => "the registry token can't be fetched",
        3 => "the log stream can't be opened or written",
        4 => "the image's manifest can't be fetched",
        5 => "the image's layers can't be fetched",
        _ => "an endpoint that is required can't be used",
    }
}

fn first_summary(findings: &[Finding]) -> &str {
    findings.first().map(|finding| finding.summary.as_str()).unwrap_or_default()
}

fn why_blind(case: &Case<'_>, ended: Ended) -> String {
    let blind: Vec<_> = case.views.iter().filter(|view| view.check.required && view.is_incomplete(case.plan)).collect();
    let hosts = words::list(blind.iter().map(|view| &view.check.host));
    match ended {
        Ended::Signal => "the run was told to stop before it was done".to_owned(),
        Ended::Deadline if !blind.is_empty() => format!("the deadline came before {hosts} was wholly looked at"),
        Ended::Completed | Ended::Deadline if blind.is_empty() => {
            let why = case.plan.place.unread.first().map(|unread| format!(": failed to {}", unread.why));
            format!("the configured resolvers are not known{}", why.unwrap_or_default())
        }
        Ended::Completed | Ended::Deadline => format!("{hosts} could not be looked at: {}", own_reason(case)),
    }
}

/// What kept this process from looking.
fn own_reason(case: &Case<'_>) -> String {
    let is_no_socket = |seen: &Observation| {
        matches!(seen.outcome, Outcome::NotTried { why: Why::NoSocket })
            || seen.fault() == Some(&Fault::NoFileDescriptors)
    };
    if case.observations.iter().any(is_no_socket) {
        return "this process may not open enough files (raise its limit, nofile)".to_owned();
    }
    if is_our_fault(case) {
        return "a part of vpcprobe itself failed, which is a bug".to_owned();
    }
    match case.observations.iter().filter_map(Observation::fault).find(|fault| fault.could_not_look()) {
        Some(fault) => fault.to_string(),
        None => "a fault of our own".to_owned(),
    }
}

fn seen_so_far(findings: &[Finding]) -> String {
    match findings.iter().find(|finding| finding.severity == Severity::Error) {
        Some(finding) => format!("; by then: {}", finding.summary),
        None => String::new(),
    }
}
