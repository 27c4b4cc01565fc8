//! The path of each check as a drawing: from the task by its resolver and the way to the service, and on to the image's
//! layers; the broken place is marked.

mod draw;
mod layers;
mod stations;

use super::super::text::page::Ink;
use super::super::text::table::Row;
use super::super::text::units::plural;
use super::Context;
use super::markup::{Markup, class};
use crate::diagnosis::CheckStatus;
use crate::report::is_aside;
use stations::Path;

/// How many paths are drawn openly, and how many folded.
const MOST_OPEN: usize = 12;
const MOST_FOLDED: usize = 24;

/// How a place on the path is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    /// Passed.
    Good,
    /// Passed in part, or with a warning.
    Odd,
    /// Here it breaks.
    Bad,
    /// Not reached.
    Off,
}

/// Every check that the task start needs, those that do not pass first.
pub(super) fn write(page: &mut Markup, context: &Context<'_>) {
    let paths = || context.rows.iter().filter(|row| !is_aside(row.check)).map(|row| (row, severity(context, row)));
    let mut wrong: Vec<_> = paths().filter(|(_, rank)| *rank < PASS).collect();
    crate::order::by_key(&mut wrong, |(_, rank)| *rank);
    let well: Vec<_> = paths().filter(|(_, rank)| *rank == PASS).collect();
    if wrong.is_empty() && well.is_empty() {
        return;
    }
    let title = if wrong.iter().any(|(_, rank)| *rank == FAIL) { "Where it breaks" } else { "The paths" };
    page.raw("<section>").element("h2", title).raw("\n");
    wrong.iter().take(MOST_OPEN).for_each(|(row, _)| figure(page, context, row));
    let rest = wrong.split_off(wrong.len().min(MOST_OPEN));
    folded(page, context, &rest, "that do not pass");
    folded(page, context, &well, "without a fault");
    page.raw("</section>\n");
}

/// Drawings that need not be seen at once; of many only the first.
fn folded(page: &mut Markup, context: &Context<'_>, rows: &[(&Row<'_>, u8)], what: &str) {
    if rows.is_empty() {
        return;
    }
    let paths = plural(rows.len(), "path");
    page.raw("<details><summary>").text(&format!("{paths} {what}")).raw("</summary>\n");
    rows.iter().take(MOST_FOLDED).for_each(|(row, _)| figure(page, context, row));
    if let Some(more @ 1..) = rows.len().checked_sub(MOST_FOLDED) {
        page.element("p class=\"dim\"", &format!("{more} more are not drawn: the table of checks has them.")).raw("\n");
    }
    page.raw("</details>\n");
}

const FAIL: u8 = 0;
const PASS: u8 = 3;

/// The worst of a check and of the steps that go over it.
fn severity(context: &Context<'_>, row: &Row<'_>) -> u8 {
    let steps = layers::steps_over(context, row.check).map(|step| step.status);
    steps.chain([row.check.status]).map(rank).min().unwrap_or(PASS)
}

fn rank(status: CheckStatus) -> u8 {
    match status {
        CheckStatus::Fail => FAIL,
        CheckStatus::Warn => 1,
        CheckStatus::NotRun => 2,
        CheckStatus::Pass => PASS,
    }
}

fn figure(page: &mut Markup, context: &Context<'_>, row: &Row<'_>) {
    let path = Path::of(context, row);
    let [_, name, ..] = &row.cells;
    let ink = match severity(context, row) {
        FAIL => Ink::Bad,
        PASS => Ink::Good,
        _ => Ink::Odd,
    };
    page.raw("<figure class=\"").raw(class(ink)).raw("\"><figcaption><h3>").text(&name.text).raw("</h3> ");
    page.element("span", &row.detail);
    if let Some(cause) = path.cause {
        page.raw(" <a href=\"#f").number(cause).raw("\">finding ").number(cause).raw("</a>");
    }
    page.raw("</figcaption>\n");
    draw::across(page, &path);
    draw::down(page, &path);
    page.raw("</figure>\n");
}
