//! What stands around the parts: the document's head, the verdict, where the probe stood, notes, the foot.

use super::super::text::culprit::viewed;
use super::super::text::head::{exit_code_words, word};
use super::super::text::page::Ink;
use super::super::text::{notes, who};
use super::markup::{Markup, class};
use crate::report::Report;

/// Nothing is fetched and nothing runs, whatever the report holds.
const OPENING: &str = concat!(
    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; ",
    "base-uri 'none'; form-action 'none'\">\n",
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
    "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n",
    "<style>\n",
    include_str!("style.css"),
    "</style>\n<title>",
);

/// Up to the first part.
pub(super) fn head(page: &mut Markup, report: &Report) {
    let (verdict, ink) = word(report.verdict);
    page.raw(OPENING).text(verdict).raw(": ").text(&report.headline).raw("</title>\n</head>\n<body>\n<header>\n");
    page.raw("<p class=\"verdict\"><strong class=\"").raw(class(ink)).raw("\">").raw(mark(ink)).text(verdict);
    let code = format!("exit code {}: {}", report.exit_code, exit_code_words(report.exit_code));
    page.raw("</strong> ").element("span", &code).raw("</p>\n");
    page.element("h1", &report.headline);
    page.raw("\n<dl class=\"place\">\n");
    line(page, "From", &notes::vantage(report));
    if let Some(network) = &report.network {
        line(page, "View", &viewed(network));
    }
    if let Some(who) = who::of(report) {
        line(page, "As", &who);
    }
    line(page, "Run", &notes::run(report));
    page.raw("</dl>\n</header>\n<main>\n");
}

/// What a colour says, for those who see none.
pub(super) fn mark(ink: Ink) -> &'static str {
    match ink {
        Ink::Good => "✓ ",
        Ink::Bad => "✕ ",
        Ink::Odd => "! ",
        Ink::Plain | Ink::Bold | Ink::Dim => "",
    }
}

/// A word and what it is about.
pub(super) fn line(page: &mut Markup, term: &'static str, text: &str) {
    page.element("dt", term).element("dd", text).raw("\n");
}

/// From the last part on.
pub(super) fn foot(page: &mut Markup, report: &Report) {
    let notes = notes::notes(report);
    if !notes.is_empty() {
        page.raw("<section><h2>Notes</h2>\n<ul>\n");
        for note in &notes {
            page.element("li", note).raw("\n");
        }
        page.raw("</ul></section>\n");
    }
    let Report { tool, run, schema_version, .. } = report;
    let text = format!(
        "{} {} (commit {}), run {} of {}, report schema {schema_version}",
        tool.name, tool.version, tool.commit, run.id, run.started_at
    );
    page.raw("</main>\n<footer>").element("p", &text).raw("</footer>\n</body>\n</html>\n");
}
