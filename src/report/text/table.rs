//! A row a check, a column a rung.

use super::cells::{ByCheck, Cell, addresses, rung};
use super::page::{Ink, Page};
use super::steps::is_step;
use super::wrap::{clean, squeeze, width};
use crate::diagnosis::{CheckResult, CheckStatus, ObservedRoute};
use crate::observation::{Observation, Rung};
use crate::plan::Route;
use crate::report::{Report, is_aside};

/// A field's width, and the titles of all.
pub(crate) const TITLES: [&str; 7] = ["status", "check", "resolve", "connect", "handshake", "exchange", "route"];

/// The most that a rung's field takes; longer words come from the network.
const RUNG_COLUMNS: usize = 13;

/// The least and the most that a check's name takes; longer ones lose their middle, and the line below has the host.
const NAME_COLUMNS: (usize, usize) = (12, 48);

/// Two spaces between columns.
const GAP: usize = 2;

/// Where the second line of a row begins.
const INDENT: usize = 4;

/// One check's fields and what stands below them.
pub(crate) struct Row<'r> {
    pub(crate) check: &'r CheckResult,
    pub(crate) cells: [Cell; 7],
    pub(crate) detail: String,
}

/// Every name that was climbed to.
pub(super) fn write(page: &mut Page, report: &Report, seen: &ByCheck<'_>) {
    let rows = rows(report, seen, page.mark("->", "→"));
    if rows.is_empty() {
        return;
    }
    page.gap();
    match columns(page.width(), &rows) {
        Some(columns) => table(page, &rows, &columns),
        None => list(page, &rows),
    }
}

/// Every name that was climbed to, in the report's order.
pub(crate) fn rows<'r>(report: &'r Report, seen: &ByCheck<'_>, arrow: &str) -> Vec<Row<'r>> {
    let of = |check: &CheckResult| seen.get(&check.id).map_or(&[][..], Vec::as_slice);
    let ladders = report.checks.iter().filter(|check| !is_step(check, of(check)));
    ladders.map(|check| row(check, of(check), arrow)).collect()
}

fn row<'r>(check: &'r CheckResult, seen: &[&Observation], arrow: &str) -> Row<'r> {
    let climbed = |step| {
        let Cell { text, ink } = rung(step, seen);
        Cell::new(clean(&text), ink)
    };
    Row {
        check,
        cells: [
            if is_aside(check) { Cell::new("-", Ink::Dim) } else { status(check.status) },
            Cell::new(name(check), Ink::Plain),
            climbed(Rung::Resolve),
            climbed(Rung::Connect),
            climbed(Rung::Handshake),
            climbed(Rung::Exchange),
            route(check),
        ],
        detail: detail(check, seen, arrow),
    }
}

/// The host stands on the line below: what only names it again needs no second one.
fn name(check: &CheckResult) -> String {
    let kinds = [
        ("control:", "control"),
        ("layer-host:", "layer host"),
        ("manifest-host:", "manifest host"),
        ("token-host:", "token host"),
    ];
    let known = kinds.into_iter().find(|(head, _)| check.id.0.starts_with(head));
    known.map_or_else(|| clean(&check.id.0), |(_, name)| name.to_owned())
}

pub(crate) fn status(status: CheckStatus) -> Cell {
    match status {
        CheckStatus::Pass => Cell::new("ok", Ink::Good),
        CheckStatus::Fail => Cell::new("FAIL", Ink::Bad),
        CheckStatus::Warn => Cell::new("warn", Ink::Odd),
        CheckStatus::NotRun => Cell::new("not run", Ink::Dim),
    }
}

/// The route that was seen.
pub(crate) fn route(check: &CheckResult) -> Cell {
    match check.observed_route {
        ObservedRoute::Private => Cell::new("private", Ink::Plain),
        ObservedRoute::Gateway => Cell::new("gateway", Ink::Plain),
        ObservedRoute::Public => Cell::new("public", Ink::Plain),
        ObservedRoute::S3Undetermined => Cell::new("S3: open", Ink::Plain),
        ObservedRoute::None => Cell::new("none", Ink::Dim),
    }
}

/// Host, port where it is not the usual one, addresses, and the route that was asserted.
fn detail(check: &CheckResult, seen: &[&Observation], arrow: &str) -> String {
    let CheckResult { host, port, .. } = check;
    let host = if *port == 443 { host.clone() } else { format!("{host}:{port}") };
    let expected = match check.expected_route {
        Route::Any => "",
        Route::Private => ", expected private",
        Route::Gateway => ", expected gateway",
        Route::Public => ", expected public",
        Route::Blocked => ", expected blocked",
    };
    let addresses = addresses(seen);
    let found = if addresses.is_empty() { String::new() } else { format!(" {arrow} {}", addresses.join(", ")) };
    format!("{host}{found}{expected}")
}

/// Columns as wide as their widest field, the name's as wide as the others leave it; none where that is too little.
fn columns(page: usize, rows: &[Row<'_>]) -> Option<[usize; 7]> {
    let mut columns = TITLES.map(width);
    for row in rows {
        for (column, cell) in columns.iter_mut().zip(&row.cells) {
            *column = width(&cell.text).max(*column);
        }
    }
    columns[2..6].iter_mut().for_each(|column| *column = (*column).min(RUNG_COLUMNS));
    let (least, most) = NAME_COLUMNS;
    let name = columns[1].min(most);
    let others = columns.iter().sum::<usize>() - columns[1] + GAP * (columns.len() - 1);
    columns[1] = name.min(page.saturating_sub(others));
    (columns[1] >= name.min(least)).then_some(columns)
}

/// A line with the fields, and below it what is too long for a column.
fn table(page: &mut Page, rows: &[Row<'_>], columns: &[usize; 7]) {
    print(page, &TITLES.map(|title| Cell::new(title, Ink::Dim)), columns);
    for row in rows {
        print(page, &row.cells, columns);
        page.paragraph(INDENT, Ink::Dim, &row.detail);
    }
}

/// One line of the table; a field that is too wide for its column loses its middle.
pub(crate) fn print(page: &mut Page, cells: &[Cell], columns: &[usize]) {
    let mut line = String::new();
    for (cell, column) in cells.iter().zip(columns) {
        let text = squeeze(&cell.text, *column);
        let gap = column.saturating_sub(width(&text)) + GAP;
        line += &page.paint(cell.ink, &text);
        line += &" ".repeat(gap);
    }
    page.line(&line);
}

/// The same for a narrow page: a few lines a check.
fn list(page: &mut Page, rows: &[Row<'_>]) {
    for row in rows {
        let [status, check, climbed @ ..] = &row.cells;
        page.labelled(0, 2 * INDENT, (status.ink, &status.text), (Ink::Bold, &check.text));
        page.paragraph(INDENT, Ink::Dim, &row.detail);
        let fields = TITLES[2..].iter().zip(climbed).filter(|(_, cell)| !cell.text.is_empty());
        let words: Vec<_> = fields.map(|(title, cell)| format!("{title} {}", cell.text)).collect();
        page.paragraph(INDENT, Ink::Plain, &words.join(", "));
    }
}
