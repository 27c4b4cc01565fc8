//! Findings in Markdown: what was seen, what it means, what to do, each command in a block to copy.

use super::super::Report;
use super::super::text::culprit::thing;
use super::super::text::findings::{Doubt, about, doubt, severity, with_statement};
use super::super::text::steps::called;
use super::super::text::wrap::clean;
use super::escape::{code, command, fenced, inline};
use super::paragraph;
use crate::diagnosis::{Finding, Fix, Severity};

/// How many checks are named that can't be judged.
const NAMED: usize = 6;

/// The findings of some severities under a title; nothing where there are none.
pub(super) fn write(out: &mut String, report: &Report, title: &str, is_wanted: impl Fn(Severity) -> bool) {
    let wanted = report.findings.iter().filter(|finding| is_wanted(finding.severity));
    for (index, finding) in wanted.enumerate() {
        if index == 0 {
            paragraph(out, &format!("### {title}"));
        }
        one(out, index + 1, finding);
    }
}

fn one(out: &mut String, number: usize, finding: &Finding) {
    let (word, _) = severity(finding.severity);
    let about = about(finding);
    let about = if about.is_empty() { about } else { format!(" ({})", inline(&about)) };
    paragraph(out, &format!("#### {number}. {word} {}{about}", code(&finding.id.to_string())));
    paragraph(out, &format!("**Seen:** {}", inline(&finding.summary)));
    paragraph(out, &format!("**Means:** {}", inline(&finding.meaning)));
    if let Some(culprit) = &finding.culprit {
        let named: Vec<_> = std::iter::once(culprit).chain(&finding.also).map(thing).collect();
        paragraph(out, &format!("**To blame:** {}", inline(&named.join(", then "))));
    }
    for (index, step) in finding.fix.iter().enumerate() {
        let label = if finding.fix.len() > 1 { format!("Fix {}", index + 1) } else { "Fix".to_owned() };
        fix(out, &label, step);
    }
    doubts(out, finding);
    if let Some(error) = &finding.ecs_error {
        paragraph(out, "ECS prints:");
        fenced(out, "text", &[clean(error)]);
    }
}

fn fix(out: &mut String, label: &str, step: &Fix) {
    let (words, statement) = with_statement(&step.action);
    paragraph(out, &format!("**{label}:** {}", inline(&words)));
    if let Some(statement) = statement {
        fenced(out, "json", &[clean(statement)]);
    }
    if let Some(text) = &step.command {
        command(out, text);
    }
}

/// What hangs on it, what others showed beside it, how sure it is, and how to tell.
fn doubts(out: &mut String, finding: &Finding) {
    let mut hidden: Vec<String> = finding.hides.iter().take(NAMED).map(called).collect();
    hidden.extend(finding.hides.len().checked_sub(NAMED).filter(|more| *more > 0).map(|more| format!("{more} more")));
    if !hidden.is_empty() {
        paragraph(out, &format!("Can't be judged before this is mended: {}", inline(&hidden.join(", "))));
    }
    if let Some(compared) = &finding.compared {
        paragraph(out, &format!("**Compared:** {}", inline(compared)));
    }
    if let Some(Doubt { word, text, commands }) = doubt(finding) {
        paragraph(out, &format!("**{}:** {}", word.trim_end_matches(':'), inline(&text)));
        commands.into_iter().for_each(|told| command(out, told));
    }
}
