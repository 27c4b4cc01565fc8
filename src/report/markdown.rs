//! For a ticket: Markdown as GitHub, GitLab and Jira read it, without a word of HTML.

mod escape;
mod finding;
mod open;
mod tables;

use super::Report;
use super::examined::examined;
use super::text::notes::{notes, run, vantage};
use super::text::steps::called;
use super::text::{head, pulls};
use crate::diagnosis::{CheckResult, CutOverAnswer, Severity};
use escape::{code, inline};

/// Render it: the verdict first, then the causes with their fixes, then what has to be open, then all that was examined.
pub fn render(report: &Report) -> String {
    let mut out = String::new();
    let (word, _) = head::word(report.verdict);
    paragraph(&mut out, &format!("## vpcprobe: {word}"));
    paragraph(
        &mut out,
        &format!("**{}:** {}", code(&format!("exit code {}", report.exit_code)), inline(&report.headline)),
    );
    let is_cause = |severity| severity != Severity::Info;
    finding::write(&mut out, report, "Findings", is_cause);
    let examined = examined(report);
    open::write(&mut out, report, &examined);
    tables::checks(&mut out, &examined);
    tables::steps(&mut out, report);
    tables::watch(&mut out, report);
    section(&mut out, "If the default route goes", report.checks.iter().filter_map(cut_over));
    section(&mut out, "Pulls", report.pulls.iter().take(tables::MOST).map(pulls::told));
    finding::write(&mut out, report, "Worth knowing", |severity| !is_cause(severity));
    section(&mut out, "Notes", notes(report).into_iter());
    foot(&mut out, report);
    out
}

/// What becomes of a check without the default route.
fn cut_over(check: &CheckResult) -> Option<String> {
    let cut = check.cut_over.as_ref()?;
    let answer = match cut.answer {
        CutOverAnswer::Survives => "survives",
        CutOverAnswer::Breaks => "breaks",
        CutOverAnswer::Unknown => "not known",
    };
    Some(format!("{answer}: {}: {}", called(&check.id), cut.by))
}

fn foot(out: &mut String, report: &Report) {
    let meaning = head::exit_code_words(report.exit_code);
    paragraph(out, &format!("Exit code {}: {}.", report.exit_code, inline(&meaning)));
    paragraph(out, &format!("From {}.", inline(&vantage(report))));
    if let Some(view) = &report.network {
        let of = format!("Judged with the configuration of {}, collected at {}.", view.vpc, view.collected_at);
        paragraph(out, &inline(&of));
    }
    out.push_str(&format!("{}.\n", inline(&run(report))));
}

/// A heading and an item a text; nothing where there is no text.
fn section(out: &mut String, title: &str, texts: impl Iterator<Item = String>) {
    let mut texts = texts.peekable();
    if texts.peek().is_none() {
        return;
    }
    paragraph(out, &format!("### {title}"));
    texts.for_each(|text| out.push_str(&format!("- {}\n", inline(&text))));
    out.push('\n');
}

fn paragraph(out: &mut String, text: &str) {
    out.push_str(text);
    out.push_str("\n\n");
}
