//! What many rounds of asking showed: a line a check, more of those that were not always well.

use std::cmp::Reverse;

use super::page::{Ink, Page};
use super::steps::is_step;
use super::units::plural;
use crate::observation::Rung;
use crate::plan::CheckId;
use crate::report::Report;
use crate::watch::{AddressSeries, RungSeries, Series, Times, Turn, TurnKind, Watch, spoken, time_of_day, turned};

const INDENT: usize = 3;

/// Addresses that are told of a check that was always well, and of one that was not; and turns.
const FEW: usize = 2;
const ADDRESSES: usize = 8;
const TURNS: usize = 12;

/// The rounds, and each check over all of them.
pub(super) fn write(page: &mut Page, report: &Report) {
    let Some(watch) = &report.watch else { return };
    page.gap();
    page.labelled(0, INDENT, (Ink::Bold, "rounds:"), (Ink::Plain, &course(report, watch)));
    for series in &watch.checks {
        check(page, series, is_needed(report, series));
    }
}

/// Whether the task start fails without it, or anything of it is worth a mark: not so of what is asked only to learn of the way.
pub(crate) fn is_needed(report: &Report, series: &Series) -> bool {
    report.checks.iter().find(|check| check.id == series.check).is_none_or(|check| check.required)
}

/// All rounds together.
pub(crate) fn course(report: &Report, watch: &Watch) -> String {
    let Watch { started_at, took_ms, every_ms, rounds, failed, inconclusive, round, .. } = watch;
    let unknown = if *inconclusive > 0 { format!(", {inconclusive} could not be judged") } else { String::new() };
    let replay = match rounds {
        3.. if report.checks.iter().any(|check| is_step(check, &[])) => {
            " The start was replayed in the first round and in the last; those between climbed the ladders only."
        }
        _ => "",
    };
    format!(
        "{}, one every {} or as soon as the one before was done, from {started_at} for {}: {failed} failed{unknown}. The rest \
         of this report is of round {round}.{replay} Times: half were within the first, 95 of 100 within the second, all \
         within the third.",
        plural(*rounds, "round"),
        spoken(*every_ms),
        spoken(*took_ms),
    )
}

fn check(page: &mut Page, series: &Series, is_needed: bool) {
    let summed = (Ink::Plain, &*summed(series, is_needed));
    page.labelled(INDENT, 2 * INDENT, (ink(series, is_needed), &series.check.0), summed);
    for (ink, line) in lines(series, is_needed) {
        page.paragraph(2 * INDENT, ink, &line);
    }
}

/// Whether it was always well.
pub(crate) fn ink(series: &Series, is_needed: bool) -> Ink {
    match (series.failed, series.warned) {
        _ if !is_needed => Ink::Dim,
        (0, 0) => Ink::Good,
        (0, _) => Ink::Odd,
        _ => Ink::Bad,
    }
}

/// What is told of one check beside the sum: when it became another, what each address lost, and each resolver.
pub(crate) fn lines(series: &Series, is_needed: bool) -> Vec<(Ink, String)> {
    let mut lines = turns(series, is_needed);
    let mut addresses: Vec<&AddressSeries> = series.addresses.iter().collect();
    crate::order::by_key(&mut addresses, |address| Reverse(lost(address)));
    let is_well = series.failed + series.warned == 0 && series.turns.is_empty();
    let addresses = addresses.into_iter().map(|series| (Ink::Dim, address(series))).collect();
    list(&mut lines, addresses, if is_well { FEW } else { ADDRESSES }, "address", "addresses");
    let asked = series.resolvers.iter().filter(|resolver| resolver.times.asked > 0);
    let asked = asked.map(|resolver| (Ink::Dim, format!("resolver {}: {}", resolver.resolver, times(&resolver.times))));
    list(&mut lines, asked.collect(), FEW, "resolver", "resolvers");
    if series.left_out > 0 {
        let times = plural(series.left_out, "time");
        lines.push((Ink::Dim, format!("an answer, an address or a turn was left out {times}")));
    }
    lines
}

/// When it became another.
pub(crate) fn turns(series: &Series, is_needed: bool) -> Vec<(Ink, String)> {
    let mut lines = Vec::new();
    let turns =
        series.turns.iter().map(|turn| (turn_ink(turn, is_needed), told(&series.check, turn, is_needed))).collect();
    list(&mut lines, turns, TURNS, "turn", "turns");
    lines
}

/// So many of them, and how many more there are.
fn list(all: &mut Vec<(Ink, String)>, mut lines: Vec<(Ink, String)>, most: usize, one: &str, many: &str) {
    let more = lines.len().saturating_sub(most);
    lines.truncate(most);
    all.append(&mut lines);
    if more > 0 {
        all.push((Ink::Dim, format!("{more} more {} in the JSON", if more == 1 { one } else { many })));
    }
}

fn turn_ink(turn: &Turn, is_needed: bool) -> Ink {
    match turn.what {
        _ if !is_needed => Ink::Dim,
        TurnKind::Broke => Ink::Bad,
        TurnKind::Healed => Ink::Good,
        TurnKind::Rerouted => Ink::Odd,
    }
}

/// How often it was well, by what it was not, and whether its name led to several answers.
pub(crate) fn summed(series: &Series, is_needed: bool) -> String {
    let Series { asked, failed, warned, spells, by, answers, left_out, .. } = series;
    let rounds = plural(*asked, "round");
    let mut parts = vec![match (failed, warned) {
        (0, 0) => format!("well in {rounds}"),
        (0, warned) => format!("a warning in {warned} of {rounds}"),
        (failed, _) if !is_needed => format!("no answer in {failed} of {rounds}"),
        (failed, _) if *spells > 1 => format!("failed in {failed} of {rounds}, in {spells} spells"),
        (failed, _) => format!("failed in {failed} of {rounds}"),
    }];
    if !by.is_empty() {
        parts.push(by.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "));
    }
    if answers.len() > 1 {
        let more = if *left_out > 0 { " and more" } else { "" };
        parts.push(format!("{} different answers{more}", answers.len()));
    }
    parts.join("; ")
}

/// A turn with its time and round.
fn told(check: &CheckId, turn: &Turn, is_needed: bool) -> String {
    let at = time_of_day(&turn.at).unwrap_or_else(|| spoken(turn.at_ms));
    format!("{at} {} (round {})", turned(check, turn, is_needed), turn.round)
}

fn lost(address: &AddressSeries) -> u64 {
    address.rungs.iter().fold(0, |sum, rung| sum.saturating_add(rung.times.lost))
}

fn address(series: &AddressSeries) -> String {
    let rung = |rung: &RungSeries| format!("{} {}", name(rung.rung), times(&rung.times));
    let rungs: Vec<String> = series.rungs.iter().map(rung).collect();
    format!("{}: {}", series.address, rungs.join("; "))
}

fn name(rung: Rung) -> &'static str {
    match rung {
        Rung::Resolve => "resolve",
        Rung::Connect => "connect",
        Rung::Handshake => "handshake",
        Rung::Exchange => "exchange",
    }
}

/// `2/5/40 ms`, and `lost 3 of 120` where anything was lost.
fn times(times: &Times) -> String {
    let Times { asked, lost, median_ms, p95_ms, max_ms } = *times;
    let shown = match (median_ms, p95_ms, max_ms) {
        (Some(median), Some(p95), Some(max)) => format!("{median}/{p95}/{max} ms"),
        _ => String::new(),
    };
    match (shown.is_empty(), lost) {
        (false, 0) => shown,
        (false, _) => format!("{shown}, lost {lost} of {asked}"),
        (true, _) => format!("lost {lost} of {asked}"),
    }
}
