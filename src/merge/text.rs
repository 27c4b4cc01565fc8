//! The merged runs for a person: the verdict, the table, each cause once with its runs, then the runs themselves.

mod cut_over;
mod table;

use super::headline::Nouns;
use super::{Merged, MergedFinding, NotStarted, Run};
use crate::diagnosis::{Finding, Fix, Severity, Verdict};
use crate::explain::Cause;
use crate::report::text::cells::time;
use crate::report::text::culprit::{culprit, hides, view};
use crate::report::text::findings::{INDENT, doubts, heading, step};
use crate::report::text::head::{foot, headed};
use crate::report::text::notes::counts;
use crate::report::text::page::{Ink, Page};
use crate::report::text::wrap::{clean, width};
use crate::report::text::{LEAST_WIDTH, Look};

/// Render the text.
pub fn render(merged: &Merged, look: Look) -> String {
    let mut page = Page::new(Look { width: look.width.max(LEAST_WIDTH), ..look });
    let nouns = Nouns::of(&merged.runs);
    headed(&mut page, merged.verdict, &merged.headline);
    table::write(&mut page, merged, nouns);
    let (causes, infos): (Vec<_>, Vec<_>) =
        merged.findings.iter().partition(|finding| finding.severity != Severity::Info);
    for (index, finding) in causes.into_iter().enumerate() {
        page.gap();
        cause(&mut page, merged, index + 1, finding);
    }
    for run in &merged.runs {
        without_findings(&mut page, run);
    }
    cut_over::write(&mut page, merged);
    page.gap();
    for finding in infos {
        info(&mut page, merged, finding);
    }
    page.gap();
    if let Some(network) = &merged.network {
        view(&mut page, network);
    }
    for note in &merged.notes {
        page.labelled(0, 6, (Ink::Dim, "note:"), (Ink::Plain, note));
    }
    for run in merged.runs.iter().filter(|run| run.run_id.is_some()) {
        page.labelled(0, 6, (Ink::Dim, "run:"), (Ink::Plain, &of_report(run)));
    }
    foot(&mut page, merged.exit_code);
    page.into_text()
}

/// One cause: where it holds, what was seen there, what it means, what to do.
fn cause(page: &mut Page, merged: &Merged, number: usize, finding: &MergedFinding) {
    let one = as_one(finding);
    heading(page, number, &one);
    page.paragraph(INDENT, Ink::Bold, &holds(merged, finding));
    summaries(page, finding);
    meanings(page, finding);
    if let Some(place) = &finding.points_at {
        page.labelled(INDENT, INDENT + 2, (Ink::Good, "look first:"), (Ink::Plain, place));
    }
    culprit(page, &one);
    fixes(page, finding);
    hides(page, &one);
    doubts(page, &one);
    for each in &finding.each {
        if let Some(hint) = &each.tell_apart {
            named(page, &each.run, hint);
        }
    }
    if let Some(error) = &finding.ecs_error {
        page.labelled(INDENT, INDENT + 2, (Ink::Dim, "ECS prints:"), (Ink::Dim, error));
    }
}

/// `in 2 of 3: subnet-0a, subnet-0b`
fn holds(merged: &Merged, finding: &MergedFinding) -> String {
    let reports = merged.runs.iter().filter(|run| run.run_id.is_some()).count();
    let of = if reports == merged.runs.len() { String::new() } else { " with a report".to_owned() };
    let count = finding.runs.len();
    let names = finding.runs.join(", ");
    match (count, reports) {
        (1, 1) => format!("in {names}"),
        (2, 2) => format!("in both{of}: {names}"),
        (count, reports) if count == reports => format!("in all {count}{of}: {names}"),
        (count, reports) => format!("in {count} of {reports}{of}: {names}"),
    }
}

/// What was seen: once where all saw the same, else each run's own words.
fn summaries(page: &mut Page, finding: &MergedFinding) {
    if finding.each.iter().all(|each| each.summary == finding.summary) {
        page.paragraph(INDENT, Ink::Plain, &finding.summary);
        return;
    }
    let mut seen: Vec<(&str, Vec<&str>)> = Vec::new();
    for each in &finding.each {
        match seen.iter_mut().find(|(summary, _)| *summary == each.summary) {
            Some((_, runs)) => runs.push(&each.run),
            None => seen.push((&each.summary, vec![&each.run])),
        }
    }
    for (summary, runs) in seen {
        named(page, &runs.join(", "), summary);
    }
}

fn meanings(page: &mut Page, finding: &MergedFinding) {
    page.paragraph(INDENT, Ink::Plain, &finding.meaning);
    for each in &finding.each {
        if let Some(meaning) = &each.meaning {
            named(page, &each.run, meaning);
        }
    }
}

/// A paragraph that is of some runs only. Where their names leave no room beside them, it stands below.
fn named(page: &mut Page, runs: &str, text: &str) {
    let label = format!("{}:", clean(runs));
    if width(&label) * 2 < page.width() {
        page.labelled(INDENT, INDENT + 2, (Ink::Dim, &label), (Ink::Plain, text));
    } else {
        page.paragraph(INDENT, Ink::Dim, &format!("{runs}:"));
        page.paragraph(INDENT + 2, Ink::Plain, text);
    }
}

/// Each step; one that is not the same for all with the runs before its command, its words only once if they are the same.
fn fixes(page: &mut Page, finding: &MergedFinding) {
    let is_only = finding.fix.iter().all(|step| step.number == 1);
    for variants in finding.fix.chunk_by(|one, next| one.number == next.number) {
        let number = if is_only { String::new() } else { format!(" {}", variants[0].number) };
        let label = format!("fix{number}:");
        if let [all] = variants
            && all.runs.is_empty()
        {
            step(page, &label, &all.fix);
            continue;
        }
        let mut said = "";
        for variant in variants {
            if variant.fix.action != said {
                said = &variant.fix.action;
                step(page, &label, &Fix { command: None, ..variant.fix.clone() });
            }
            let runs = format!("in {}", variant.runs.join(", "));
            let Some(command) = &variant.fix.command else {
                page.paragraph(INDENT + 2, Ink::Dim, &runs);
                continue;
            };
            page.paragraph(INDENT + 2, Ink::Dim, &format!("{runs}:"));
            page.command(INDENT + 4, command);
        }
    }
}

/// The finding as the report of its first run has it.
fn as_one(finding: &MergedFinding) -> Finding {
    Finding {
        id: finding.id,
        severity: finding.severity,
        certainty: finding.certainty,
        purposes: finding.purposes.clone(),
        checks: finding.checks.clone(),
        evidence: Vec::new(),
        summary: finding.summary.clone(),
        meaning: finding.meaning.clone(),
        fix: Vec::new(),
        alternatives: finding.alternatives.clone(),
        tell_apart: finding.tell_apart.clone(),
        ecs_error: finding.ecs_error.clone(),
        compared: finding.compared.clone(),
        hides: finding.hides.clone(),
        culprit: finding.culprit.clone(),
        also: finding.also.clone(),
    }
}

/// What is only worth knowing.
fn info(page: &mut Page, merged: &Merged, finding: &MergedFinding) {
    let text = format!("{} ({}): {} {}", finding.id, holds(merged, finding), finding.summary, finding.meaning);
    page.labelled(0, INDENT, (Ink::Dim, "info"), (Ink::Plain, &text));
    fixes(page, finding);
}

/// A run that no finding speaks of: it could not look, has left an exit code only, or never started.
fn without_findings(page: &mut Page, run: &Run) {
    let name = clean(&run.name);
    let title = |what: &str| format!("{name}: {what}");
    if let Some(start) = &run.not_started {
        page.gap();
        page.labelled(0, INDENT, (Ink::Odd, "NOT STARTED"), (Ink::Bold, &name));
        never_started(page, start);
    } else if let Some(only) = &run.exit_code_only {
        page.gap();
        let code = run.exit_code.unwrap_or_default();
        page.labelled(0, INDENT, (Ink::Odd, "NO REPORT"), (Ink::Bold, &title(&format!("exit code {code}"))));
        page.paragraph(INDENT, Ink::Plain, &only.meaning);
        likely(page, "may be:", &only.findings);
        if !only.same_code_as.is_empty() {
            let like = only.same_code_as.join(", ");
            page.paragraph(INDENT, Ink::Plain, &format!("The same code as in {like}: it may be the same cause."));
        }
        page.labelled(INDENT, INDENT + 2, (Ink::Good, "next:"), (Ink::Plain, &only.next));
    } else if run.verdict == Verdict::Inconclusive {
        page.gap();
        page.labelled(0, INDENT, (Ink::Odd, "INCONCLUSIVE"), (Ink::Bold, &name));
        page.paragraph(INDENT, Ink::Plain, &run.headline);
    }
}

/// Phase, likely findings, and what else helps.
fn never_started(page: &mut Page, start: &NotStarted) {
    if start.text.is_empty() {
        page.paragraph(INDENT, Ink::Plain, "No stop reason is given, so nothing is known of why.");
        return;
    }
    page.paragraph(INDENT, Ink::Dim, &start.text);
    if start.known {
        page.paragraph(INDENT, Ink::Plain, &format!("{}: {}. {}", start.phase, start.step, start.meaning));
    } else {
        page.paragraph(INDENT, Ink::Plain, "It is no stop reason that is known here.");
    }
    likely(page, "likely:", &start.findings);
    if !start.probe_sees_it {
        page.paragraph(INDENT, Ink::Plain, "No network probe can see this cause.");
    }
    if let [fix] = &start.fix[..] {
        step(page, "fix:", fix);
    } else if !start.fix.is_empty() {
        let next = "paste the stop reason into vpcprobe explain: it has the fixes, with their commands.";
        page.labelled(INDENT, INDENT + 2, (Ink::Good, "next:"), (Ink::Plain, next));
    }
}

/// Ids, as many as tell apart what is likely.
fn likely(page: &mut Page, label: &str, causes: &[Cause]) {
    const NAMED: usize = 4;
    let mut ids: Vec<&str> = causes.iter().take(NAMED).map(|cause| cause.id).collect();
    let more = format!("{} more", causes.len().saturating_sub(NAMED));
    if causes.len() > NAMED {
        ids.push(&more);
    }
    if !ids.is_empty() {
        page.labelled(INDENT, INDENT + 2, (Ink::Plain, label), (Ink::Plain, &ids.join(", ")));
    }
}

/// Which report it was.
fn of_report(run: &Run) -> String {
    let counts = run.summary.as_ref().map(|summary| format!("{}; ", counts(summary))).unwrap_or_default();
    format!(
        "{}: {counts}{} from {}; id {}",
        run.name,
        time(run.took_ms.unwrap_or_default()),
        run.started_at.as_deref().unwrap_or_default(),
        run.run_id.as_deref().unwrap_or_default(),
    )
}
