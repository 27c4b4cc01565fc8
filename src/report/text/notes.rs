//! What the reader must know beside the findings, and where the probe stood.

use super::cells::time;
use super::culprit::view;
use super::function;
use super::page::{Ink, Page};
use super::steps::called;
use super::who;
use crate::diagnosis::{Ended, Summary};
use crate::inputs::{UnreadKind, Vantage, VantageKind};
use crate::observation::{Outcome, Why};
use crate::report::Report;

/// Notes, a line each, then the vantage and the run.
pub(super) fn write(page: &mut Page, report: &Report) {
    page.gap();
    for note in notes(report) {
        page.labelled(0, 6, (Ink::Dim, "note:"), (Ink::Plain, &note));
    }
    page.gap();
    page.labelled(0, 6, (Ink::Dim, "from:"), (Ink::Plain, &vantage(report)));
    if let Some(network) = &report.network {
        view(page, network);
    }
    if let Some(who) = who::of(report) {
        page.labelled(0, 6, (Ink::Dim, "as:"), (Ink::Plain, &who));
    }
    page.labelled(0, 6, (Ink::Dim, "run:"), (Ink::Plain, &run(report)));
}

/// What the reader must know beside the findings.
pub(crate) fn notes(report: &Report) -> Vec<String> {
    let mut notes = how_it_ended(report);
    notes.extend(not_tried(report));
    notes.extend(of_checks(report));
    notes.extend(function::notes(report));
    let Vantage { proxy, unread, .. } = &report.vantage;
    notes.extend(proxy.iter().map(|set| format!("{}={} is set, and the probe does not use it", set.name, set.value)));
    notes.extend(unread.iter().map(|unread| format!("{}: {}", unreadable(unread.what), unread.why)));
    notes.extend(report.inputs.ca_bundle.iter().map(|path| format!("roots beside the public ones: {path}")));
    notes.extend(report.inputs.roots.iter().map(|path| format!("roots in place of the public ones: {path}")));
    notes.extend(report.sinks.iter().map(|sink| match &sink.error {
        Some(error) => format!("no copy in {}: {error}", sink.sink),
        None if sink.ok => format!("a copy is in {}", sink.sink),
        None => format!("no copy in {}", sink.sink),
    }));
    notes
}

fn how_it_ended(report: &Report) -> Vec<String> {
    match report.run.ended {
        Ended::Completed => vec![],
        Ended::Deadline => vec![format!("the deadline ({}) came before the end", time(report.run.deadline_ms))],
        Ended::Signal => vec![format!("a signal came before the end, after {}", time(report.whole().1))],
    }
}

/// How many attempts were not made, where the cause is not a fault below them.
fn not_tried(report: &Report) -> Vec<String> {
    let count = |wanted: Why| {
        let is_it = |outcome: &Outcome| matches!(outcome, Outcome::NotTried { why } if *why == wanted);
        report.observations.iter().filter(|seen| is_it(&seen.outcome)).count()
    };
    let kinds = [
        (Why::Deadline, "were cut short or not made for lack of time"),
        (Why::Signal, "were cut short or not made because of the signal"),
        (
            Why::TooMany,
            "were not made: of many addresses only the first 32 of a name are tried, 24 in all varied, and a second time as \
             many as may be open",
        ),
        (Why::NoSocket, "were not made: this process may not open enough files (raise its limit, nofile)"),
        (Why::OurFault, "were lost to a bug of vpcprobe"),
    ];
    let counted = kinds.into_iter().map(|(why, words)| (count(why), words)).filter(|(count, _)| *count > 0);
    counted.map(|(count, words)| format!("{count} of {} attempts {words}", report.observations.len())).collect()
}

/// The checks' own notes, each once, with the checks that it is about.
fn of_checks(report: &Report) -> Vec<String> {
    let mut notes: Vec<(&str, Vec<String>)> = Vec::new();
    for check in &report.checks {
        let Some(note) = &check.note else { continue };
        match notes.iter_mut().find(|(known, _)| known == note) {
            Some((_, checks)) => checks.push(called(&check.id)),
            None => notes.push((note, vec![called(&check.id)])),
        }
    }
    let few = |checks: Vec<String>| match checks.len() {
        0..=4 => checks.join(", "),
        more => format!("{} and {} more", checks[..3].join(", "), more - 3),
    };
    notes.into_iter().map(|(note, checks)| format!("{}: {note}", few(checks))).collect()
}

fn unreadable(what: UnreadKind) -> &'static str {
    match what {
        UnreadKind::Nameservers => "the configured resolvers are not known",
        UnreadKind::Metadata => "the task metadata is not known",
        UnreadKind::Credentials => "there are no credentials to sign with",
    }
}

/// A platform in words.
pub(crate) fn platform(kind: VantageKind) -> &'static str {
    match kind {
        VantageKind::Fargate => "a task on Fargate",
        VantageKind::EcsEc2 => "a task on an ECS instance",
        VantageKind::Lambda => "a Lambda function",
        VantageKind::Other => "a host that is no task",
    }
}

/// Where the probe stood, and what it examined.
pub(crate) fn vantage(report: &Report) -> String {
    let Vantage { kind, region, availability_zone, task_arn, subnet_cidr, addresses, nameservers, .. } =
        &report.vantage;
    let platform = match kind {
        VantageKind::Lambda => function::called(report),
        VantageKind::Fargate | VantageKind::EcsEc2 | VantageKind::Other => platform(*kind).to_owned(),
    };
    let mut parts = vec![platform];
    parts.extend(availability_zone.as_ref().or(region.as_ref()).map(|zone| format!("in {zone}")));
    parts.extend(list("address", addresses));
    parts.extend(subnet_cidr.map(|cidr| format!("in subnet {cidr}")));
    parts.extend(list("resolver", nameservers));
    parts.extend(task_arn.clone());
    format!("{}; examined {}", parts.join(", "), report.inputs.region)
}

fn list(title: &str, items: &[impl ToString]) -> Option<String> {
    let words: Vec<_> = items.iter().map(ToString::to_string).collect();
    (!words.is_empty()).then(|| format!("{title} {}", words.join(" ")))
}

/// How many checks came out how.
pub(crate) fn counts(summary: &Summary) -> String {
    let counts = [(summary.failed, "failed"), (summary.warned, "with a warning"), (summary.not_run, "not run")];
    let counts = counts.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!(", {count} {what}"));
    format!("{} of {} checks passed{}", summary.passed, summary.checks, counts.collect::<String>())
}

/// The run itself, and its count of checks.
pub(crate) fn run(report: &Report) -> String {
    let Report { run, tool, summary, .. } = report;
    format!(
        "{}; {} from {}; {} {}, id {}",
        counts(summary),
        time(run.took_ms),
        run.started_at,
        tool.name,
        tool.version,
        run.id,
    )
}
