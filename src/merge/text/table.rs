//! A row a run, a column a step of the task start.

use std::collections::BTreeSet;

use super::super::headline::Nouns;
use super::super::{Failing, Merged, Run};
use crate::diagnosis::{CheckStatus, Verdict};
use crate::plan::Purpose;
use crate::report::text::cells::Cell;
use crate::report::text::notes::platform;
use crate::report::text::page::{Ink, Page};
use crate::report::text::table::{print, status};
use crate::report::text::wrap::{clean, width};

/// Two spaces between columns.
const GAP: usize = 2;

/// Where the second line of a row begins.
const INDENT: usize = 4;

/// A name loses its middle before the page is too narrow for a table, down to so much.
const LEAST_NAME: usize = 14;

/// How much a field says of a failure.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Depth {
    /// By which finding.
    Finding,
    /// On which rung.
    Rung,
    /// That it is one.
    Bare,
}

/// The table: as much in its fields as the page has room for; on a narrow page a list.
pub(super) fn write(page: &mut Page, merged: &Merged, nouns: Nouns) {
    let purposes = crate::order::set(merged.runs.iter().flat_map(|run| run.purposes.keys()).copied());
    let names = names(&merged.runs);
    page.gap();
    for (depth, least) in
        [(Depth::Finding, usize::MAX), (Depth::Rung, usize::MAX), (Depth::Bare, usize::MAX), (Depth::Bare, LEAST_NAME)]
    {
        let rows: Vec<Vec<Cell>> =
            merged.runs.iter().zip(&names).map(|(run, (name, _))| row(run, name, &purposes, depth)).collect();
        let titles = titles(&purposes, nouns);
        if let Some(columns) = columns(page.width(), &titles, &rows, least) {
            print(page, &titles, &columns);
            for ((run, (_, beside)), cells) in merged.runs.iter().zip(&names).zip(&rows) {
                print(page, cells, &columns);
                page.paragraph(INDENT, Ink::Dim, &place(run, *beside));
            }
            return;
        }
    }
    list(page, merged, &purposes);
}

fn titles(purposes: &BTreeSet<Purpose>, nouns: Nouns) -> Vec<Cell> {
    let steps = purposes.iter().map(|purpose| title(*purpose));
    [nouns.one(), "verdict"].into_iter().chain(steps).map(|title| Cell::new(title, Ink::Dim)).collect()
}

/// A step in one short word.
fn title(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Secrets => "secrets",
        Purpose::RegistryToken => "token",
        Purpose::Logs => "logs",
        Purpose::Registry => "registry",
        Purpose::Layers => "layers",
        Purpose::Volumes => "volumes",
        Purpose::Exec => "exec",
        Purpose::Other => "other",
    }
}

/// The names, what stands in parentheses behind them below: `subnet-0a (ap-northeast-1a)`.
fn names(runs: &[Run]) -> Vec<(&str, Option<&str>)> {
    let short: Vec<(&str, Option<&str>)> = runs.iter().map(|run| parted(&run.name)).collect();
    let once = crate::order::set(short.iter().map(|(name, _)| *name));
    if once.len() == runs.len() { short } else { runs.iter().map(|run| (run.name.as_str(), None)).collect() }
}

fn parted(name: &str) -> (&str, Option<&str>) {
    match name.strip_suffix(')').and_then(|name| name.split_once(" (")) {
        Some((name, beside)) if !name.is_empty() => (name, Some(beside)),
        Some(_) | None => (name, None),
    }
}

fn row(run: &Run, name: &str, purposes: &BTreeSet<Purpose>, depth: Depth) -> Vec<Cell> {
    let steps = purposes.iter().map(|purpose| step(run, *purpose, depth));
    [Cell::new(clean(name), Ink::Bold), verdict(run)].into_iter().chain(steps).collect()
}

/// The verdict and the code, as the container's exit shows it.
fn verdict(run: &Run) -> Cell {
    let (word, ink) = match run.verdict {
        Verdict::Pass => ("PASS", Ink::Good),
        Verdict::Fail => ("FAIL", Ink::Bad),
        Verdict::Inconclusive => ("?", Ink::Odd),
    };
    match run.exit_code {
        Some(code) => Cell::new(format!("{word} {code}"), ink),
        None => Cell::new("no start", ink),
    }
}

/// A step's state; where there is no report, what is not known of it is a question mark.
fn step(run: &Run, purpose: Purpose, depth: Depth) -> Cell {
    match (run.purposes.get(&purpose), run.fails.get(&purpose)) {
        (Some(CheckStatus::Fail), Some(failing)) => Cell::new(format!("FAIL{}", how(failing, depth)), Ink::Bad),
        (Some(state), _) => status(*state),
        (None, _) if run.run_id.is_none() => Cell::new("?", Ink::Dim),
        (None, _) => Cell::new("-", Ink::Dim),
    }
}

fn how(failing: &Failing, depth: Depth) -> String {
    let rung = || match failing.exit_digit {
        1 => " DNS",
        2 => " route",
        3 => " TCP",
        4 => " TLS",
        5 => " HTTP",
        6 => " denied",
        7 => " missing",
        8 => " content",
        9 => " slow",
        _ => "",
    };
    match (depth, failing.finding) {
        (Depth::Finding, Some(id)) => format!(" {id}"),
        (Depth::Finding | Depth::Rung, _) => rung().to_owned(),
        (Depth::Bare, _) => String::new(),
    }
}

/// Columns as wide as their widest field, the name's at least so wide; none where the page is too narrow.
fn columns(page: usize, titles: &[Cell], rows: &[Vec<Cell>], least: usize) -> Option<Vec<usize>> {
    let mut columns: Vec<usize> = titles.iter().map(|title| width(&title.text)).collect();
    for row in rows {
        for (column, cell) in columns.iter_mut().zip(row) {
            *column = width(&cell.text).max(*column);
        }
    }
    let others = columns[1..].iter().map(|column| column + GAP).sum::<usize>();
    let room = page.saturating_sub(others);
    let fits = room >= columns[0].min(least);
    columns[0] = columns[0].min(room);
    fits.then_some(columns)
}

/// Where a run stood, in as few words as tell it from the others.
fn place(run: &Run, beside: Option<&str>) -> String {
    let mut words: Vec<String> = beside.map(str::to_owned).into_iter().collect();
    match &run.vantage {
        Some(vantage) => {
            words.extend(vantage.availability_zone.clone().filter(|zone| !run.name.contains(zone.as_str())));
            words.extend(vantage.subnet_cidr.map(|cidr| cidr.to_string()).filter(|range| *range != run.name));
            words.push(platform(vantage.kind).to_owned());
        }
        None if run.not_started.is_some() => words.push("it never started".to_owned()),
        None => words.push("only its exit code is known".to_owned()),
    }
    words.join(", ")
}

/// The same for a narrow page: a few lines a run.
fn list(page: &mut Page, merged: &Merged, purposes: &BTreeSet<Purpose>) {
    for run in &merged.runs {
        let verdict = verdict(run);
        page.labelled(0, INDENT, (verdict.ink, &verdict.text), (Ink::Bold, &clean(&run.name)));
        page.paragraph(INDENT, Ink::Dim, &place(run, None));
        let steps = purposes.iter().map(|purpose| (title(*purpose), step(run, *purpose, Depth::Rung)));
        let words: Vec<String> = steps.map(|(title, cell)| format!("{title} {}", cell.text)).collect();
        page.paragraph(INDENT, Ink::Plain, &words.join(", "));
    }
}
