//! The confusion matrix as text: what was injected, what was named, how often and how sure.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::case::Kind;
use super::judge::{Judged, Side};
use super::truth::{Finding, Truth};

/// Where nothing that should be named is.
const NOT_NAMED: &str = "(not named)";

/// Where the first cause says that this one can't be judged yet.
const HIDDEN: &str = "(said to be hidden)";

/// What was injected, and what was said of it.
#[derive(Debug, Default)]
struct Row {
    runs: usize,
    named: BTreeMap<Entry, Counts>,
}

/// What was named; what is true comes first.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Entry {
    wrong: bool,
    id: String,
}

/// How often, by how sure: without the view and with it.
#[derive(Debug, Default)]
struct Counts([BTreeMap<String, usize>; 2]);

/// The rows of the runs of one kind.
pub fn table<'a>(runs: impl Iterator<Item = &'a Judged>) -> String {
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    for run in runs {
        // A scenario may expect one finding twice; it is one run of it all the same.
        for truth in first_of_each(&run.case.inside) {
            rows.entry(truth.name.clone()).or_default().runs += 1;
        }
        for (at, side) in [&run.inside, &run.with_view].into_iter().enumerate() {
            let truths = if at == 0 { &run.case.inside } else { &run.case.with_view };
            let Some(side) = side else { continue };
            count(&mut rows, at, run.case.kind, truths, side);
        }
    }
    text(&rows)
}

fn first_of_each(truths: &[Truth]) -> impl Iterator<Item = &Truth> {
    truths
        .iter()
        .enumerate()
        .filter(|(at, truth)| !truths[..*at].iter().any(|one| one.name == truth.name))
        .map(|(_, truth)| truth)
}

fn count(rows: &mut BTreeMap<String, Row>, at: usize, kind: Kind, truths: &[Truth], side: &Side) {
    for truth in first_of_each(truths) {
        let row = rows.entry(truth.name.clone()).or_default();
        let of_it = truths.iter().zip(&side.verdict.named).filter(|(other, _)| other.name == truth.name);
        let naming: Vec<&Finding> = of_it.flat_map(|(_, naming)| naming).collect();
        for finding in &naming {
            row.add(at, Entry { wrong: false, id: finding.id.clone() }, how(finding));
        }
        if naming.is_empty() {
            let hidden = side.named && matches!(kind, Kind::Hiding(_));
            let id = if hidden { HIDDEN } else { NOT_NAMED };
            row.add(at, Entry { wrong: !hidden, id: id.to_owned() }, String::new());
        }
        for finding in &side.verdict.strangers {
            row.add(at, Entry { wrong: true, id: finding.id.clone() }, how(finding));
        }
    }
}

/// How sure, and of whom.
fn how(finding: &Finding) -> String {
    let culprit = finding.culprit.as_ref().map(|culprit| format!(" {}", culprit.kind));
    finding.certainty.clone() + &culprit.unwrap_or_default()
}

impl Row {
    fn add(&mut self, at: usize, entry: Entry, how: String) {
        *self.named.entry(entry).or_default().0[at].entry(how).or_default() += 1;
    }
}

fn text(rows: &BTreeMap<String, Row>) -> String {
    let names = rows.keys().map(String::len);
    let first = names.chain([8]).max().unwrap_or_default();
    let ids = rows.values().flat_map(|row| row.named.keys()).map(|entry| entry.id.len());
    let second = ids.chain([5]).max().unwrap_or_default();
    let sides = rows.values().flat_map(|row| row.named.values()).map(|counts| counts.said(0).len());
    let third = sides.chain([16]).max().unwrap_or_default();
    let mut out = format!(
        "     {:first$} {:>4}  {:second$}  {:third$}  {}\n",
        "injected", "runs", "named", "without the view", "with the view"
    );
    for (name, row) in rows {
        for (at, (entry, counts)) in row.named.iter().enumerate() {
            let (name, runs) = if at == 0 { (name.as_str(), row.runs.to_string()) } else { ("", String::new()) };
            let mark = if entry.wrong { "!!" } else { "" };
            let line = format!(
                "  {mark:2} {name:first$} {runs:>4}  {:second$}  {:third$}  {}",
                entry.id,
                counts.said(0),
                counts.said(1)
            );
            let _ = writeln!(out, "{}", line.trim_end());
        }
    }
    out
}

impl Counts {
    fn said(&self, at: usize) -> String {
        let each = self.0[at].iter().map(|(how, count)| format!("{count} {how}").trim_end().to_owned());
        let each: Vec<String> = each.collect();
        if each.is_empty() { "-".to_owned() } else { each.join(", ") }
    }
}
