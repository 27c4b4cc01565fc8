//! What many rounds of asking showed: a few lines a check that was not always well, one line for each of the others.

use super::cells::time;
use super::page::{Ink, Page};
use super::units::plural;
use crate::report::Report;
use crate::watch::{AddressSeries, RungSeries, Series, Times, Turn, Watch, spoken, time_of_day, turned};

const INDENT: usize = 3;

/// Addresses and turns that are told of one check.
const ADDRESSES: usize = 8;
const TURNS: usize = 12;

/// The rounds, and each check over all of them.
pub(super) fn write(page: &mut Page, report: &Report) {
    let Some(watch) = &report.watch else { return };
    page.gap();
    page.labelled(0, INDENT, (Ink::Bold, "rounds:"), (Ink::Plain, &course(watch)));
    for series in &watch.checks {
        check(page, series);
    }
}

fn course(watch: &Watch) -> String {
    let Watch { started_at, took_ms, every_ms, rounds, failed, inconclusive, round, .. } = watch;
    let unknown = if *inconclusive > 0 { format!(", {inconclusive} could not be judged") } else { String::new() };
    let replay = match rounds {
        0..=2 => "",
        _ => " The start was replayed in the first round and in the last; those between climbed the ladders only.",
    };
    format!(
        "{}, one every {}, from {started_at} for {}: {failed} failed{unknown}. The rest of this report is of round {round}.{replay}",
        plural(*rounds, "round"),
        spoken(*every_ms),
        spoken(*took_ms),
    )
}

fn check(page: &mut Page, series: &Series) {
    let ink = if series.failed > 0 {
        Ink::Bad
    } else if series.warned > 0 {
        Ink::Odd
    } else {
        Ink::Good
    };
    page.labelled(INDENT, 2 * INDENT, (ink, &series.check.0), (Ink::Plain, &summed(series)));
    let turns: Vec<String> = series.turns.iter().map(told).collect();
    lines(page, &turns, TURNS, "turns");
    let mut addresses: Vec<&AddressSeries> = series.addresses.iter().collect();
    addresses.sort_by_key(|address| std::cmp::Reverse(lost(&address.rungs)));
    let addresses: Vec<String> = addresses.into_iter().map(address).collect();
    lines(page, &addresses, ADDRESSES, "addresses");
    for resolver in series.resolvers.iter().filter(|resolver| resolver.times.asked > 0) {
        page.paragraph(2 * INDENT, Ink::Dim, &format!("asked of {}: {}", resolver.resolver, times(&resolver.times)));
    }
}

fn lines(page: &mut Page, lines: &[String], most: usize, what: &str) {
    for line in lines.iter().take(most) {
        page.paragraph(2 * INDENT, Ink::Dim, line);
    }
    if lines.len() > most {
        page.paragraph(2 * INDENT, Ink::Dim, &format!("and {} more {what}, which the JSON has", lines.len() - most));
    }
}

/// How often it was well, and what its name led to.
fn summed(series: &Series) -> String {
    let Series { asked, failed, warned, spells, by, answers, left_out, .. } = series;
    let mut parts = vec![match (failed, warned) {
        (0, 0) => format!("well in all of {}", plural(*asked, "round")),
        (0, warned) => format!("{warned} of {} with a warning", plural(*asked, "round")),
        (failed, _) => format!("{failed} of {} failed, in {}", plural(*asked, "round"), plural(*spells, "spell")),
    }];
    if !by.is_empty() {
        let ids: Vec<String> = by.iter().map(ToString::to_string).collect();
        parts.push(ids.join(", "));
    }
    if answers.len() > 1 {
        let more = if *left_out > 0 { " and more" } else { "" };
        parts.push(format!("{}{more}", plural(answers.len(), "different answer")));
    }
    parts.join("; ")
}

fn told(turn: &Turn) -> String {
    let at = time_of_day(&turn.at).unwrap_or_else(|| spoken(turn.at_ms));
    format!("{at} {} (round {})", turned(turn), turn.round)
}

fn lost(rungs: &[RungSeries]) -> u64 {
    rungs.iter().fold(0, |sum, rung| sum.saturating_add(rung.times.lost))
}

fn address(series: &AddressSeries) -> String {
    use crate::observation::Rung;
    let rung = |rung: &RungSeries| {
        let name = match rung.rung {
            Rung::Resolve => "resolve",
            Rung::Connect => "connect",
            Rung::Handshake => "handshake",
            Rung::Exchange => "exchange",
        };
        format!("{name} {}", times(&rung.times))
    };
    let rungs: Vec<String> = series.rungs.iter().map(rung).collect();
    format!("{}: {}", series.address, rungs.join("; "))
}

/// `2 ms, 95 of 100 in 5 ms, at most 40 ms, lost 3 of 120`.
fn times(times: &Times) -> String {
    let mut parts = Vec::new();
    if let (Some(median), Some(p95), Some(max)) = (times.median_ms, times.p95_ms, times.max_ms) {
        parts.push(time(median));
        parts.push(format!("95 of 100 in {}", time(p95)));
        parts.push(format!("at most {}", time(max)));
    }
    parts.push(format!("lost {} of {}", times.lost, times.asked));
    parts.join(", ")
}
