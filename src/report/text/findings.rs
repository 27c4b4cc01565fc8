//! Findings: what was seen, what it means, what to do, how sure that is.

use super::culprit::{culprit, hides};
use super::page::{Ink, Page};
use super::steps::called;
use crate::diagnosis::{Certainty, Finding, FindingId, Fix, Severity};
use crate::plan::{CheckId, Purpose};
use crate::report::Report;

pub(crate) const INDENT: usize = 3;

/// How many checks are named beside a finding.
const NAMED: usize = 4;

/// Everything that breaks a task start or may break it.
pub(super) fn write(page: &mut Page, report: &Report) {
    let causes = report.findings.iter().filter(|finding| finding.severity != Severity::Info);
    for (index, finding) in causes.enumerate() {
        page.gap();
        heading(page, index + 1, finding);
        page.paragraph(INDENT, Ink::Plain, &finding.summary);
        body(page, finding);
    }
}

/// Everything that a finding says beside what was seen.
pub(crate) fn body(page: &mut Page, finding: &Finding) {
    page.paragraph(INDENT, Ink::Plain, &finding.meaning);
    culprit(page, finding);
    fixes(page, &finding.fix);
    hides(page, finding);
    doubts(page, finding);
    if let Some(error) = &finding.ecs_error {
        page.labelled(INDENT, INDENT + 2, (Ink::Dim, "ECS prints:"), (Ink::Dim, error));
    }
}

/// What is only worth knowing, in two or three lines each.
pub(super) fn write_infos(page: &mut Page, report: &Report) {
    page.gap();
    for finding in report.findings.iter().filter(|finding| finding.severity == Severity::Info) {
        let text = format!("{}: {} {}", finding.id, finding.summary, finding.meaning);
        page.labelled(0, INDENT, (Ink::Dim, "info"), (Ink::Plain, &text));
        fixes(page, &finding.fix);
    }
}

/// Number, severity, id, and what it is about.
pub(crate) fn heading(page: &mut Page, number: usize, finding: &Finding) {
    let (word, ink) = severity(finding.severity);
    let about = about(finding);
    let id = finding.id.to_string();
    let text = if about.is_empty() { id } else { format!("{id} ({about})") };
    page.labelled(0, INDENT, (ink, &format!("{number}. {word}")), (Ink::Bold, &text));
}

/// The severity's word.
pub(crate) fn severity(severity: Severity) -> (&'static str, Ink) {
    match severity {
        Severity::Error => ("ERROR", Ink::Bad),
        Severity::Warning => ("WARNING", Ink::Odd),
        Severity::Info => ("INFO", Ink::Plain),
    }
}

/// The steps of the task start that it hits, and the checks.
pub(crate) fn about(finding: &Finding) -> String {
    let purposes: Vec<&str> = finding.purposes.iter().copied().map(purpose).collect();
    let mut about = vec![purposes.join(", "), named(&finding.checks)];
    about.dedup();
    about.retain(|words| !words.is_empty());
    about.join(": ")
}

/// The first few checks, and how many more there are.
fn named(checks: &[CheckId]) -> String {
    let few: Vec<String> = checks.iter().take(NAMED).map(called).collect();
    match checks.len().saturating_sub(NAMED) {
        0 => few.join(", "),
        more => format!("{} and {more} more", few.join(", ")),
    }
}

/// Each step, its command on lines of its own.
fn fixes(page: &mut Page, fixes: &[Fix]) {
    for (index, step) in fixes.iter().enumerate() {
        let label = if fixes.len() > 1 { format!("fix {}:", index + 1) } else { "fix:".to_owned() };
        self::step(page, &label, step);
    }
}

/// What to do, and the command that does it.
pub(crate) fn step(page: &mut Page, label: &str, step: &Fix) {
    let (words, statement) = with_statement(&step.action);
    page.labelled(INDENT, INDENT + 2, (Ink::Good, label), (Ink::Plain, &words));
    if let Some(statement) = statement {
        page.command(INDENT + 4, statement);
    }
    if let Some(command) = &step.command {
        page.command(INDENT + 4, command);
    }
}

/// Words, and the JSON that stood among them in backticks: it gets a line of its own and is broken nowhere, ready to paste.
pub(crate) fn with_statement(action: &str) -> (String, Option<&str>) {
    let found = action.split_once("`{").and_then(|(before, rest)| Some((before, rest.split_once("}`")?)));
    match found {
        Some((before, (inside, after))) => {
            let begin = before.len() + 1;
            (format!("{before}this{after}"), action.get(begin..begin + inside.len() + 2))
        }
        None => (action.to_owned(), None),
    }
}

/// What others showed beside it, how sure it is, what else it may be, and how to tell.
pub(crate) fn doubts(page: &mut Page, finding: &Finding) {
    if let Some(compared) = &finding.compared {
        page.labelled(INDENT, INDENT + 2, (Ink::Plain, "compared:"), (Ink::Plain, compared));
    }
    let Some(Doubt { word, text, commands }) = doubt(finding) else { return };
    page.labelled(INDENT, INDENT + 2, (Ink::Plain, word), (Ink::Plain, &text));
    for (index, command) in commands.iter().enumerate() {
        page.labelled(INDENT + 2, INDENT + 4, (Ink::Good, &format!("command {}:", index + 1)), (Ink::Plain, ""));
        page.command(INDENT + 4, command);
    }
}

/// How sure a finding is, in words, and the commands that tell.
pub(crate) struct Doubt<'f> {
    pub(crate) word: &'static str,
    pub(crate) text: String,
    pub(crate) commands: Vec<&'f str>,
}

/// How sure it is, what else it may be, and how to tell.
pub(crate) fn doubt(finding: &Finding) -> Option<Doubt<'_>> {
    if finding.id == FindingId::Unexplained && finding.alternatives.is_empty() {
        // It claims no cause, so there is none to be sure of.
        return None;
    }
    let (word, why) = match finding.certainty {
        Certainty::Certain if finding.culprit.is_some() => {
            ("certain:", "the packets show it, and the VPC's configuration says the same.")
        }
        Certainty::Certain => ("certain:", "the evidence allows no other finding."),
        Certainty::Likely => ("likely:", "it is the usual cause of this evidence."),
        Certainty::Possible => ("possible:", "it is one of several causes of this evidence."),
    };
    let others: Vec<_> = finding.alternatives.iter().map(|id| format!("{id} ({})", id.title())).collect();
    let mut sentences = vec![why.to_owned()];
    if !others.is_empty() {
        sentences.push(format!("From inside the VPC it can't be told from {}.", others.join(" or from ")));
    }
    let (how, commands) = finding.tell_apart.as_deref().map(parted).unwrap_or_default();
    if !how.is_empty() {
        let to = if others.is_empty() { "To look further" } else { "To tell them apart" };
        sentences.push(format!("{to}: {how}"));
    }
    Some(Doubt { word, text: sentences.join(" "), commands })
}

/// Words, and the commands that stood among them in backticks: those get lines of their own, ready to paste.
fn parted(how: &str) -> (String, Vec<&str>) {
    let mut words = String::new();
    let mut commands = Vec::new();
    for (index, part) in how.split('`').enumerate() {
        let is_quoted = index % 2 == 1;
        if is_quoted && part.starts_with("aws ") {
            commands.push(part);
            words.push_str(&format!("command {}", commands.len()));
        } else {
            let tick = if is_quoted { "`" } else { "" };
            words.push_str(&format!("{tick}{part}{tick}"));
        }
    }
    (words, commands)
}

/// A step of the task start in words.
pub(crate) fn purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Secrets => "secrets",
        Purpose::RegistryToken => "registry token",
        Purpose::Logs => "logs",
        Purpose::Registry => "registry",
        Purpose::Layers => "layers",
        Purpose::Volumes => "volumes",
        Purpose::Exec => "exec",
        Purpose::Other => "other",
    }
}
