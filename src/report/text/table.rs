//! A row a check, a column a rung.

use std::collections::HashMap;

use super::cells::{Cell, addresses, rung};
use super::page::{Ink, Page};
use super::wrap::{clean, squeeze, width};
use crate::diagnosis::{CheckResult, CheckStatus, ObservedRoute};
use crate::observation::{Observation, Rung};
use crate::plan::{CheckId, Route};
use crate::report::Report;

/// A field's width, and the titles of all.
const TITLES: [&str; 7] = ["status", "check", "resolve", "connect", "handshake", "exchange", "route"];

/// A narrower table than this becomes a list.
const LEAST_TABLE: usize = 76;

/// No wider, however long the names: longer ones lose their middle, and the line below has them whole.
const NAME_COLUMNS: usize = 22;

/// Two spaces between columns.
const GAP: usize = 2;

/// Where the second line of a row begins.
const INDENT: usize = 8;

/// One check's fields and what stands below them.
struct Row {
    cells: [Cell; 7],
    detail: String,
}

/// Everything that was examined.
pub(super) fn write(page: &mut Page, report: &Report) {
    if report.checks.is_empty() {
        return;
    }
    let mut seen: HashMap<&CheckId, Vec<&Observation>> = HashMap::new();
    for observation in &report.observations {
        seen.entry(&observation.check).or_default().push(observation);
    }
    let arrow = page.mark("->", "→");
    let rows: Vec<Row> =
        report.checks.iter().map(|check| row(check, seen.get(&check.id).map_or(&[], Vec::as_slice), arrow)).collect();
    page.gap();
    if page.width() < LEAST_TABLE { list(page, &rows) } else { table(page, &rows) }
}

fn row(check: &CheckResult, seen: &[&Observation], arrow: &str) -> Row {
    let climbed = |step| clean_cell(rung(step, seen));
    Row {
        cells: [
            status(check.status),
            clean_cell(Cell::new(check.id.0.as_str(), Ink::Plain)),
            climbed(Rung::Resolve),
            climbed(Rung::Connect),
            climbed(Rung::Handshake),
            climbed(Rung::Exchange),
            route(check),
        ],
        detail: detail(check, seen, arrow),
    }
}

fn clean_cell(cell: Cell) -> Cell {
    Cell { text: clean(&cell.text), ..cell }
}

fn status(status: CheckStatus) -> Cell {
    match status {
        CheckStatus::Pass => Cell::new("ok", Ink::Good),
        CheckStatus::Fail => Cell::new("FAIL", Ink::Bad),
        CheckStatus::Warn => Cell::new("warn", Ink::Odd),
        CheckStatus::NotRun => Cell::new("not run", Ink::Dim),
    }
}

fn route(check: &CheckResult) -> Cell {
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

/// Columns as wide as their widest field.
fn table(page: &mut Page, rows: &[Row]) {
    let mut columns = TITLES.map(width);
    for row in rows {
        for (column, cell) in columns.iter_mut().zip(&row.cells) {
            *column = width(&cell.text).max(*column);
        }
    }
    columns[1] = columns[1].min(NAME_COLUMNS);
    let others: usize = columns.iter().sum::<usize>() - columns[1] + GAP * (columns.len() - 1);
    columns[1] = columns[1].min(page.width().saturating_sub(others)).max(width(TITLES[1]));
    let titles = TITLES.map(|title| Cell::new(title, Ink::Dim));
    print(page, &titles, &columns);
    for row in rows {
        print(page, &row.cells, &columns);
        page.paragraph(columns[0] + GAP, Ink::Dim, &row.detail);
    }
}

/// One line of the table; a field that is too wide for its column loses its middle.
fn print(page: &mut Page, cells: &[Cell; 7], columns: &[usize; 7]) {
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
fn list(page: &mut Page, rows: &[Row]) {
    for row in rows {
        let [status, check, climbed @ ..] = &row.cells;
        page.labelled(0, INDENT, (status.ink, &status.text), (Ink::Bold, &check.text));
        page.paragraph(INDENT, Ink::Dim, &row.detail);
        let fields = TITLES[2..].iter().zip(climbed).filter(|(_, cell)| !cell.text.is_empty());
        let words: Vec<_> = fields.map(|(title, cell)| format!("{title} {}", cell.text)).collect();
        page.paragraph(INDENT, Ink::Plain, &words.join(", "));
    }
}
