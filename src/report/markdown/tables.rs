//! Everything that was examined, in tables.

use super::super::Report;
use super::super::examined::Examined;
use super::super::text::cells::{Cell, by_check, rung, time};
use super::super::text::page::Ink;
use super::super::text::steps::{called, is_step, rows};
use super::super::text::table::{route, status};
use super::super::text::watch::{course, is_needed, summed, turns};
use super::escape::{cell, code, fields, inline};
use super::paragraph;
use crate::diagnosis::CheckStatus;
use crate::observation::Rung;
use crate::watch::{Series, Times};

/// The most rows of a table that is there for completeness; what did not go well comes first.
pub(super) const MOST: usize = 200;

/// Every name that was climbed to.
pub(super) fn checks(out: &mut String, examined: &[Examined<'_>]) {
    let mut ladders: Vec<_> = examined.iter().filter(|one| !is_step(one.check, &one.seen)).collect();
    if ladders.is_empty() {
        return;
    }
    paragraph(out, "### Checks");
    if ladders.len() > MOST {
        crate::order::by_key(&mut ladders, |one| one.check.status == CheckStatus::Pass);
    }
    let titles = ["status", "check", "host", "resolve", "connect", "handshake", "exchange", "route"];
    table(out, &titles, ladders.iter().take(MOST).map(|one| row(one)));
    left_out(out, ladders.len());
}

fn row(one: &Examined<'_>) -> Vec<String> {
    let check = one.check;
    let host = if check.port == 443 { check.host.clone() } else { format!("{}:{}", check.host, check.port) };
    let mut row = vec![mark(&status(check.status)), fields(&code(&check.id.0)), fields(&code(&host))];
    let rungs = [Rung::Resolve, Rung::Connect, Rung::Handshake, Rung::Exchange];
    row.extend(rungs.into_iter().map(|step| mark(&rung(step, &one.seen))));
    row.push(cell(&route(check).text));
    row
}

/// A field as the text form has it; what is bad stands out.
fn mark(field: &Cell) -> String {
    let text = match field.text.as_str() {
        "-" => "-".to_owned(),
        text => cell(&text.replace("<1 ms", "0 ms")),
    };
    if field.ink == Ink::Bad && !text.is_empty() { format!("**{text}**") } else { text }
}

/// The steps of the task start.
pub(super) fn steps(out: &mut String, report: &Report) {
    let rows = rows(report, &by_check(report));
    if rows.is_empty() {
        return;
    }
    paragraph(out, "### Steps of the task start");
    let fields = rows.iter().map(|row| {
        let mut result = vec![row.result.text.replace("<1 ms", "0 ms")];
        result.extend(row.below.iter().cloned());
        vec![mark(&row.mark), cell(&row.name), cell(&result.join("; "))]
    });
    table(out, &["status", "step", "result"], fields);
}

/// What many rounds of asking showed.
pub(super) fn watch(out: &mut String, report: &Report) {
    let Some(watch) = &report.watch else { return };
    paragraph(out, "### Over time");
    paragraph(out, &inline(&course(report, watch)));
    let titles = ["check", "target", "asked", "lost", "median", "95 of 100 within", "highest"];
    let rows: Vec<_> = watch.checks.iter().flat_map(series).collect();
    let count = rows.len();
    table(out, &titles, rows.into_iter().take(MOST));
    left_out(out, count);
    for series in watch.checks.iter().take(MOST) {
        let is_needed = is_needed(report, series);
        let sum = format!("{}: {}", called(&series.check), summed(series, is_needed));
        out.push_str(&format!("- {}\n", inline(&sum)));
        turns(series, is_needed).iter().for_each(|(_, turn)| out.push_str(&format!("  - {}\n", inline(turn))));
    }
    out.push('\n');
}

fn series(series: &Series) -> Vec<Vec<String>> {
    let row = |target: String, times: &Times| {
        let ms = |ms: Option<u64>| ms.map_or("-".to_owned(), |ms| time(ms).replace("<1 ms", "0 ms"));
        let figures = [ms(times.median_ms), ms(times.p95_ms), ms(times.max_ms)];
        let mut row =
            vec![fields(&code(&called(&series.check))), target, times.asked.to_string(), times.lost.to_string()];
        row.extend(figures);
        row
    };
    let resolvers = series.resolvers.iter().map(|asked| row(format!("resolver {}", asked.resolver), &asked.times));
    let rungs = series.addresses.iter().flat_map(|to| {
        let word = |step: Rung| super::super::examined::slug(&step);
        to.rungs.iter().map(move |climbed| row(format!("{} {}", word(climbed.rung), to.address), &climbed.times))
    });
    resolvers.chain(rungs).collect()
}

/// That a table or list is shorter than what it is of.
fn left_out(out: &mut String, count: usize) {
    if let Some(more @ 1..) = count.checked_sub(MOST) {
        paragraph(out, &format!("{more} more are in the report."));
    }
}

/// A table of what is Markdown already.
pub(super) fn table(out: &mut String, titles: &[&str], rows: impl Iterator<Item = Vec<String>>) {
    out.push_str(&format!("| {} |\n|{}\n", titles.join(" | "), " --- |".repeat(titles.len())));
    rows.for_each(|row| out.push_str(&format!("| {} |\n", row.join(" | "))));
    out.push('\n');
}
