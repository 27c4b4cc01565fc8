//! The comparison for a person: whether anything got worse, what the change was for, then everything that changed.

use std::collections::HashMap;

use super::{
    Change, ChangeKind, Detail, Diff, Expected, FindingChange, FindingState, NotCompared, Outcome, Side, What, words,
};
use crate::diagnosis::{Severity, Verdict};
use crate::report::text::page::{Ink, Page};
use crate::report::text::{LEAST_WIDTH, Look};

const INDENT: usize = 3;

/// Names in one list; more of them are in the JSON.
const NAMED: usize = 12;

/// Render the text.
pub fn render(diff: &Diff, look: Look) -> String {
    let mut page = Page::new(Look { width: look.width.max(LEAST_WIDTH), ..look });
    head(&mut page, diff);
    expectations(&mut page, &diff.expectations);
    for (kind, title) in [
        (ChangeKind::Broke, "Broke"),
        (ChangeKind::Healed, "Healed"),
        (ChangeKind::Moved, "Moved"),
        (ChangeKind::Otherwise, "Otherwise changed"),
    ] {
        changes(&mut page, diff, kind, title);
    }
    findings(&mut page, &diff.findings);
    not_compared(&mut page, diff);
    page.gap();
    for note in &diff.notes {
        page.labelled(0, 8, (Ink::Dim, "note:"), (Ink::Plain, note));
    }
    page.labelled(0, 8, (Ink::Dim, "before:"), (Ink::Plain, &side(&diff.before)));
    page.labelled(0, 8, (Ink::Dim, "after:"), (Ink::Plain, &side(&diff.after)));
    let code = match (diff.outcome, diff.exit_code) {
        (Outcome::NotWorse, 0) => "nothing got worse",
        (Outcome::NotWorse, _) => "an expected change is not there",
        (Outcome::Worse, _) => "something got worse",
        (Outcome::NotShown, _) => "not everything that worked before was looked at after",
    };
    page.paragraph(0, Ink::Bold, &format!("exit code {}: {code}", diff.exit_code));
    page.into_text()
}

fn head(page: &mut Page, diff: &Diff) {
    let (word, ink) = match (diff.outcome, diff.exit_code) {
        (Outcome::NotWorse, 0) => ("OK", Ink::Good),
        (Outcome::NotWorse | Outcome::Worse, _) => ("FAIL", Ink::Bad),
        (Outcome::NotShown, _) => ("?", Ink::Odd),
    };
    page.labelled(0, 6, (ink, word), (Ink::Bold, &diff.headline));
    if diff.reasons.len() > 1 {
        for reason in &diff.reasons {
            page.labelled(INDENT, INDENT + 2, (Ink::Bad, "-"), (Ink::Plain, reason));
        }
    }
}

fn title(page: &mut Page, title: &str) {
    page.gap();
    page.paragraph(0, Ink::Bold, title);
}

fn expectations(page: &mut Page, all: &[Expected]) {
    if all.is_empty() {
        return;
    }
    title(page, "Expected");
    for expected in all {
        let label = if expected.met { (Ink::Good, "met  ") } else { (Ink::Bad, "UNMET") };
        let of = expected.check.as_ref().filter(|check| check.0 != expected.what);
        let of = of.map(|check| format!(" ({check})")).unwrap_or_default();
        let run = expected.run.as_ref().map(|run| format!("{run}: ")).unwrap_or_default();
        let text = format!("{run}{}={}{of}: {}", expected.what, words::asserted(expected.route), expected.why);
        page.labelled(INDENT, INDENT + 6, label, (Ink::Plain, &text));
    }
}

fn changes(page: &mut Page, diff: &Diff, kind: ChangeKind, name: &str) {
    let mut all = diff.changes.iter().filter(|change| change.kind == kind).peekable();
    let surroundings = if kind == ChangeKind::Otherwise { &diff.surroundings[..] } else { &[] };
    if all.peek().is_none() && surroundings.is_empty() {
        return;
    }
    title(page, name);
    let arrow = page.mark("->", "→");
    for change in all {
        one(page, change, arrow);
    }
    for surrounding in surroundings {
        let of = surrounding.of.as_ref().map(|of| format!("{of}: ")).unwrap_or_default();
        let of = format!("{}{of}", runs(&surrounding.runs));
        item(page, &format!("{of}{}", told(&surrounding.detail, arrow)));
    }
}

fn one(page: &mut Page, change: &Change, arrow: &str) {
    let Some((first, rest)) = change.details.split_first() else { return };
    let optional =
        if change.kind == ChangeKind::Broke && !change.required { "; the start can do without it" } else { "" };
    item(page, &format!("{}{}: {}{optional}", runs(&change.runs), change.check, told(first, arrow)));
    if let Some(host) = &change.host_before {
        page.paragraph(INDENT + 4, Ink::Dim, &format!("host: {host} {arrow} {}", change.host));
    }
    for detail in rest {
        page.paragraph(INDENT + 4, Ink::Dim, &told(detail, arrow));
    }
}

fn item(page: &mut Page, text: &str) {
    page.labelled(INDENT, INDENT + 2, (Ink::Dim, "-"), (Ink::Plain, text));
}

/// `connect: 2 of 2 answer -> none of 2: refused (10.0.1.50:443): this rung broke`
fn told(detail: &Detail, arrow: &str) -> String {
    let what = match (detail.rung, detail.what) {
        (Some(rung), _) => format!("{}: ", words::rung(rung)),
        (None, What::Issuer) => "issuer: ".to_owned(),
        (None, What::Resolvers) => "resolvers: ".to_owned(),
        (None, What::Identity) => "role: ".to_owned(),
        (None, What::PullTime) => "pull: ".to_owned(),
        (None, What::Answer) => "answer: ".to_owned(),
        (None, What::Status | What::Route | What::Addresses | What::Rung | What::Time | What::Digest) => String::new(),
    };
    format!("{what}{} {arrow} {}: {}", detail.before, detail.after, detail.meaning)
}

fn runs(runs: &[String]) -> String {
    if runs.is_empty() { String::new() } else { format!("{}: ", named(runs)) }
}

fn named(all: &[String]) -> String {
    match all.len().saturating_sub(NAMED) {
        0 => all.join(", "),
        more => format!("{} and {more} more", all[..NAMED].join(", ")),
    }
}

fn findings(page: &mut Page, all: &[FindingChange]) {
    if all.is_empty() {
        return;
    }
    title(page, "Findings");
    for finding in all {
        let (word, ink) = match finding.state {
            FindingState::New if finding.regression => ("new  ", Ink::Bad),
            FindingState::New => ("new  ", Ink::Odd),
            FindingState::Still => ("still", Ink::Dim),
            FindingState::Gone => ("gone ", Ink::Good),
            FindingState::NotCompared => ("?    ", Ink::Odd),
        };
        let severity = severity(finding.severity);
        let before =
            finding.severity_before.map(|was| format!(" ({} before)", self::severity(was))).unwrap_or_default();
        let why = finding.why.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
        let text = format!("{}{severity}{before} {}: {}{why}", runs(&finding.runs), finding.id, finding.summary);
        page.labelled(INDENT, INDENT + 6, (ink, word), (Ink::Plain, &text));
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

/// Those of one reason in one list.
fn not_compared(page: &mut Page, diff: &Diff) {
    if diff.not_compared.is_empty() {
        return;
    }
    title(page, "Not compared");
    let mut groups: Vec<(&NotCompared, Vec<String>)> = Vec::new();
    let mut places: HashMap<(&[String], &str), usize> = HashMap::new();
    for one in &diff.not_compared {
        let at = *places.entry((&one.runs, &one.why)).or_insert(groups.len());
        if at == groups.len() {
            groups.push((one, Vec::new()));
        }
        groups[at].1.push(one.what.clone());
    }
    for (first, what) in groups {
        item(page, &format!("{}{}: {}", runs(&first.runs), named(&what), first.why));
    }
}

fn side(side: &Side) -> String {
    let of = match &side.runs[..] {
        [run] => {
            let id = run.run_id.as_ref().map(|id| format!("; id {id}")).unwrap_or_default();
            let started = run.started_at.as_ref().map(|at| format!(" from {at}")).unwrap_or_default();
            let verdict = match run.verdict {
                Verdict::Pass => "pass",
                Verdict::Fail => "fail",
                Verdict::Inconclusive => "inconclusive",
            };
            format!(": {verdict}{started}{id}")
        }
        runs => format!(": {} runs", runs.len()),
    };
    format!("{}{of}", side.file)
}
