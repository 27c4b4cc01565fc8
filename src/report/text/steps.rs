//! The replay: a line a step of the task start, in the order in which the platform takes them.

mod came;
mod layers;
mod name;

use super::cells::{ByCheck, Cell, time};
use super::page::{Ink, Page};
use super::table::status as status_cell;
use super::units::{bytes, plural};
use super::wrap::{clean, squeeze, width};
use crate::diagnosis::{CheckResult, CheckStatus};
use crate::observation::{Held, Observation, Outcome, Part};
use crate::plan::CheckId;
use crate::report::Report;
use came::{Asked, Came, not_tried, together};
use name::{Kind, parted, several, words};

pub(super) use name::{image, short};

/// How many steps of a kind are told one by one; what went well gives way.
const MOST: usize = 12;

/// The least and the most columns of a step's name.
const NAME_COLUMNS: (usize, usize) = (16, 48);

/// What a result needs at least.
const RESULT_COLUMNS: usize = 36;

/// The most columns of what the other end says: AWS names who, what, on what and by which policy.
const SAID_COLUMNS: usize = 640;

/// The most columns of a name on lines of its own.
const WHOLE_NAME_COLUMNS: usize = 160;

/// Of how many steps of a kind it is told what the other end says.
const SAYING: usize = 3;

/// Two spaces between columns.
const GAP: usize = 2;

/// Where the lines below a step begin.
const INDENT: usize = 4;

pub(crate) const TITLES: [&str; 3] = ["status", "step of the task start", "result"];

/// One step's fields and what stands below them.
pub(crate) struct Row {
    kind: Kind,
    status: CheckStatus,
    /// The status as it is shown: neither good nor bad where nothing was proved.
    pub(crate) mark: Cell,
    pub(crate) name: String,
    pub(crate) result: Cell,
    pub(crate) below: Vec<String>,
}

/// What a step came to, in words.
struct Told {
    result: Cell,
    below: Vec<String>,
}

/// A check as the text calls it: a step by what it asks for, anything else by its id. An endpoint's host may be called
/// like a kind of step; its port tells it.
pub(crate) fn called(id: &CheckId) -> String {
    let step = parted(id).filter(|(_, about)| about.parse::<u16>().is_err());
    step.map_or_else(|| id.0.clone(), |(kind, about)| words(kind, about, None))
}

/// Whether a check is a step that goes over the sockets of a ladder: its observations say so, where there are any.
pub(crate) fn is_step(check: &CheckResult, seen: &[&Observation]) -> bool {
    let by_id = called(&check.id) != check.id.0;
    parted(&check.id).is_some() && if seen.is_empty() { by_id } else { seen.iter().any(|seen| seen.step.is_some()) }
}

/// Every step but the question who asks: the foot answers it.
pub(super) fn write(page: &mut Page, report: &Report, seen: &ByCheck<'_>) {
    let rows = rows(report, seen);
    if rows.is_empty() {
        return;
    }
    page.gap();
    print(page, &rows);
}

/// The rows of all steps, or of a kind with too many those that tell most.
pub(crate) fn rows(report: &Report, seen: &ByCheck<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut checks: Vec<_> = report.checks.iter().collect();
    crate::order::by_key(&mut checks, |check| check.purpose);
    for check in checks {
        let seen = seen.get(&check.id).map_or(&[][..], Vec::as_slice);
        if is_step(check, seen) {
            rows.extend(row(report, check, seen).filter(|row| row.kind != Kind::Identity));
        }
    }
    shortened(rows)
}

fn row(report: &Report, check: &CheckResult, seen: &[&Observation]) -> Option<Row> {
    let (kind, about) = parted(&check.id)?;
    let pull = report.pulls.iter().find(|pull| kind == Kind::Layers && pull.image == about);
    let asked = Asked { platform: &report.inputs.platform, read_only: report.inputs.read_only, host: &check.host };
    let (layers, Told { result, below }) = match kind {
        Kind::Layers => layers::sum(seen, asked, pull),
        _ => (None, one(kind, seen, asked)),
    };
    let is_proof = result.ink != Ink::Dim || check.status != CheckStatus::Pass;
    let mark = if is_proof { status_cell(check.status) } else { Cell::new("-", Ink::Dim) };
    let text = [Some(result.text), took(seen)].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let result = Cell { text: squeeze(&clean(&text), SAID_COLUMNS), ink: result.ink };
    let below = below.iter().map(|line| squeeze(&clean(line), SAID_COLUMNS)).collect();
    let name = clean(&words(kind, about, layers));
    Some(Row { kind, status: check.status, mark, name, result, below })
}

/// A step of one or a few requests.
fn one(kind: Kind, seen: &[&Observation], asked: Asked<'_>) -> Told {
    match together(seen, asked) {
        Came::Good => told(&good(kind, seen), Ink::Plain),
        Came::Bad(what, said) => Told { below: said.into_iter().collect(), ..told(&what, Ink::Bad) },
        Came::Unproved(what, said) => Told { below: said.into_iter().collect(), ..told(&what, Ink::Dim) },
        Came::Not(why) => told(not_tried(why, asked), Ink::Dim),
    }
}

fn told(words: &str, ink: Ink) -> Told {
    Told { result: Cell::new(words, ink), below: Vec::new() }
}

/// What went well, in words.
fn good(kind: Kind, seen: &[&Observation]) -> String {
    const LOOKED: &str = "exists; value not asked for";
    let has = |part: Part| seen.iter().any(|seen| seen.step.as_ref().is_some_and(|step| step.part == part));
    let text = match kind {
        Kind::Secret if has(Part::DescribeSecret) => LOOKED,
        Kind::Parameter if has(Part::DescribeParameters) => LOOKED,
        Kind::Secret | Kind::Parameter | Kind::Token => "fetched",
        Kind::EnvironmentFile => "it is there",
        Kind::LogStream if has(Part::DescribeLogStreams) => "group exists; nothing written",
        Kind::LogStream if has(Part::PutLogEvents) => "stream and event written",
        Kind::LogStream => "stream created",
        Kind::Manifest => return manifest(seen),
        Kind::Layers | Kind::Identity => "ok",
    };
    text.to_owned()
}

/// How large the image is that the manifest names.
fn manifest(seen: &[&Observation]) -> String {
    let size = seen.iter().rev().find_map(|seen| {
        let Held::Manifest { config, layers, .. } = seen.response()?.held.as_ref()? else { return None };
        let size = layers.iter().fold(config.bytes, |sum, layer| sum.saturating_add(layer.bytes));
        Some(format!("{}, {}", plural(layers.len(), "layer"), bytes(size)))
    });
    size.unwrap_or_else(|| "fetched".to_owned())
}

/// From the first request to the last answer, where any was made.
fn took(seen: &[&Observation]) -> Option<String> {
    let made = || seen.iter().filter(|seen| !matches!(seen.outcome, Outcome::NotTried { .. }));
    let begin = made().map(|seen| seen.at_ms).min();
    let end = made().map(|seen| seen.at_ms.saturating_add(seen.took_ms)).max();
    begin.zip(end).map(|(begin, end)| time(end - begin))
}

/// The rows as they are, or of a kind with too many first what did not go well, and how many more there are.
fn shortened(rows: Vec<Row>) -> Vec<Row> {
    let mut kinds: Vec<(Kind, Vec<Row>)> = Vec::new();
    for row in rows {
        match kinds.iter_mut().find(|(kind, _)| *kind == row.kind) {
            Some((_, rows)) => rows.push(row),
            None => kinds.push((row.kind, vec![row])),
        }
    }
    kinds.into_iter().flat_map(|(kind, rows)| first_of(kind, rows)).collect()
}

fn first_of(kind: Kind, mut rows: Vec<Row>) -> Vec<Row> {
    let saying = rows.iter_mut().filter(|row| !row.below.is_empty());
    saying.skip(SAYING).for_each(|row| row.below.clear());
    if rows.len() <= MOST {
        return rows;
    }
    crate::order::by_key(&mut rows, |row| row.status == CheckStatus::Pass);
    let rest = rows.split_off(MOST - 1);
    rows.extend(summed(kind, &rest));
    rows
}

/// Many steps in one row for each state that they have.
fn summed(kind: Kind, rows: &[Row]) -> Vec<Row> {
    let states = [CheckStatus::Fail, CheckStatus::Warn, CheckStatus::NotRun, CheckStatus::Pass];
    let row = |status| {
        let count = rows.iter().filter(|row| row.status == status).count();
        let name = format!("{count} more {}", several(kind));
        let (mark, result) = (status_cell(status), Cell::new("", Ink::Plain));
        (count > 0).then_some(Row { kind, status, mark, name, result, below: Vec::new() })
    };
    states.into_iter().filter_map(row).collect()
}

fn print(page: &mut Page, rows: &[Row]) {
    let widest = |of: fn(&Row) -> usize, title: &str| rows.iter().map(of).max().unwrap_or_default().max(width(title));
    let marks = widest(|row| width(&row.mark.text), TITLES[0]);
    let (least, most) = NAME_COLUMNS;
    let names = widest(|row| width(&row.name), TITLES[1]).min(most);
    let room = page.width().saturating_sub(marks + 2 * GAP + RESULT_COLUMNS);
    if room < names.min(least) {
        return list(page, rows);
    }
    let columns = [marks, names.min(room)];
    let [mark, name, result] = TITLES.map(|title| Cell::new(title, Ink::Dim));
    line(page, columns, [&mark, &name], &result);
    for row in rows {
        let name = Cell::new(squeeze(&row.name, columns[1]), Ink::Plain);
        line(page, columns, [&row.mark, &name], &row.result);
        if name.text != row.name {
            page.paragraph(INDENT, Ink::Dim, &squeeze(&row.name, WHOLE_NAME_COLUMNS));
        }
        row.below.iter().for_each(|below| page.paragraph(INDENT, Ink::Dim, below));
    }
}

/// The fields in their columns, the result in the rest of the line and below it.
fn line(page: &mut Page, columns: [usize; 2], fields: [&Cell; 2], result: &Cell) {
    let mut head = String::new();
    for (cell, column) in fields.iter().zip(columns) {
        let gap = column.saturating_sub(width(&cell.text)) + GAP;
        head += &page.paint(cell.ink, &cell.text);
        head += &" ".repeat(gap);
    }
    page.headed(&head, columns.iter().map(|column| column + GAP).sum(), (result.ink, &result.text));
}

/// The same for a narrow page.
fn list(page: &mut Page, rows: &[Row]) {
    for row in rows {
        page.labelled(
            0,
            2 * INDENT,
            (row.mark.ink, &row.mark.text),
            (Ink::Bold, &squeeze(&row.name, WHOLE_NAME_COLUMNS)),
        );
        if !row.result.text.is_empty() {
            page.paragraph(INDENT, row.result.ink, &row.result.text);
        }
        row.below.iter().for_each(|below| page.paragraph(INDENT, Ink::Dim, below));
    }
}
