//! Many rounds of asking: for each check when it worked and when not, what was lost, and how long the answers took.

mod strip;

use super::super::Report;
use super::super::text::cells::Cell;
use super::super::text::steps::called;
use super::super::text::units::plural;
use super::super::text::watch::{course, ink, is_needed, lines, summed};
use super::markup::Markup;
use crate::watch::{AnswerSeries, Series, Times, Watch, spoken};

/// How many checks are shown openly, and how many that never changed are folded.
const MOST: usize = 40;

/// How many answers of a check are told.
const TOLD: usize = 12;

/// What the rounds showed together, then each check.
pub(super) fn write(page: &mut Markup, report: &Report) {
    let Some(watch) = &report.watch else { return };
    page.raw("<section><h2>Round after round</h2>\n").element("p", &course(report, watch)).raw("\n");
    let (told, steady): (Vec<_>, Vec<_>) = watch.checks.iter().partition(|series| !is_steady(series));
    told.iter().take(MOST).for_each(|series| self::series(page, report, watch, series));
    left_out(page, told.len());
    if !steady.is_empty() {
        let text = format!("{} the same in every round", plural(steady.len(), "check"));
        page.raw("<details>").element("summary", &text).raw("\n");
        steady.iter().take(MOST).for_each(|series| self::series(page, report, watch, series));
        left_out(page, steady.len());
        page.raw("</details>\n");
    }
    page.raw("</section>\n");
}

fn left_out(page: &mut Markup, count: usize) {
    if let Some(more @ 1..) = count.checked_sub(MOST) {
        page.element("p class=\"dim\"", &format!("{} more are in the report.", plural(more, "check"))).raw("\n");
    }
}

/// It answered always and in the same way.
fn is_steady(series: &Series) -> bool {
    let is_lost = |times: &Times| times.lost > 0;
    let of_addresses = || series.addresses.iter().flat_map(|address| &address.rungs).any(|rung| is_lost(&rung.times));
    let of_resolvers = || series.resolvers.iter().any(|resolver| is_lost(&resolver.times));
    series.failed + series.warned == 0
        && series.turns.is_empty()
        && series.answers.len() < 2
        && !of_addresses()
        && !of_resolvers()
}

/// One check, in the words of the text form.
fn series(page: &mut Markup, report: &Report, watch: &Watch, series: &Series) {
    let is_needed = is_needed(report, series);
    page.raw("<article class=\"series\">").element("h3", &called(&series.check)).raw("\n");
    page.painted("p", &Cell::new(summed(series, is_needed), ink(series, is_needed)));
    strip::write(page, watch, series, is_needed);
    page.raw("<ul>\n");
    for (ink, line) in lines(series, is_needed) {
        page.painted("li", &Cell::new(line, ink)).raw("\n");
    }
    if series.answers.len() > 1 {
        series.answers.iter().take(TOLD).for_each(|answer| self::answer(page, answer));
    }
    page.raw("</ul></article>\n");
}

fn answer(page: &mut Markup, answer: &AnswerSeries) {
    let addresses: Vec<_> = answer.addresses.iter().map(ToString::to_string).collect();
    let found = if addresses.is_empty() { "no address".to_owned() } else { addresses.join(", ") };
    let (first, last) = (spoken(answer.first_ms), spoken(answer.last_ms));
    page.raw("<li>").element("code", &found);
    page.text(&format!(" in {}, from {first} to {last} after the start", plural(answer.rounds, "round")))
        .raw("</li>\n");
}
