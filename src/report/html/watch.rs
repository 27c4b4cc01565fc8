//! Many rounds of asking: for each check when it worked and when not, what was lost, and how long the answers took.

mod strip;

use super::super::Report;
use super::super::text::cells::{Cell, time};
use super::super::text::page::Ink;
use super::super::text::steps::called;
use super::super::text::units::{duration, plural};
use super::evidence::rung;
use super::markup::{Markup, class};
use crate::watch::{AnswerSeries, Series, Times, Turn, TurnKind, Watch};

/// How many checks are shown openly, and how many that never changed are folded.
const MOST: usize = 40;

/// How many turns and answers of a check are told.
const TOLD: usize = 12;

const TITLES: [&str; 7] = ["asked of", "rung", "asked", "lost", "median", "95 of 100", "slowest"];

/// What the rounds showed together, then each check.
pub(super) fn write(page: &mut Markup, report: &Report) {
    let Some(watch) = &report.watch else { return };
    page.raw("<section><h2>Round after round</h2>\n").element("p", &rounds(watch)).raw("\n");
    let (told, steady): (Vec<_>, Vec<_>) = watch.checks.iter().partition(|series| !is_steady(series));
    told.iter().take(MOST).for_each(|series| self::series(page, watch, series));
    left_out(page, told.len());
    if !steady.is_empty() {
        let text = format!("{} the same in every round", plural(steady.len(), "check"));
        page.raw("<details>").element("summary", &text).raw("\n");
        steady.iter().take(MOST).for_each(|series| self::series(page, watch, series));
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

fn rounds(watch: &Watch) -> String {
    let Watch { rounds, failed, inconclusive, round, started_at, took_ms, every_ms, .. } = watch;
    format!(
        "{} in {} from {started_at}, one every {}: {failed} failed, {inconclusive} inconclusive. Everything else on this \
         page is of round {round}.",
        plural(*rounds, "round"),
        duration(*took_ms),
        time(*every_ms),
    )
}

/// It answered always and in the same way.
fn is_steady(series: &Series) -> bool {
    let is_lost = |times: &Times| times.lost > 0;
    let of_addresses = || series.addresses.iter().flat_map(|address| &address.rungs).any(|rung| is_lost(&rung.times));
    let of_resolvers = || series.resolvers.iter().any(|resolver| is_lost(&resolver.times));
    series.failed == 0 && series.turns.is_empty() && series.answers.len() < 2 && !of_addresses() && !of_resolvers()
}

fn series(page: &mut Markup, watch: &Watch, series: &Series) {
    page.raw("<article class=\"series\">").element("h3", &called(&series.check)).raw("\n");
    let text = format!("failed in {} of {}", series.failed, plural(series.asked, "round"));
    page.element(if series.failed > 0 { "p class=\"bad\"" } else { "p class=\"dim\"" }, &text);
    strip::write(page, watch, series);
    page.raw("<ul>\n");
    series.turns.iter().take(TOLD).for_each(|turn| self::turn(page, turn));
    if series.answers.len() > 1 {
        series.answers.iter().take(TOLD).for_each(|answer| self::answer(page, answer));
    }
    let of_lists = [series.turns.len(), series.answers.len()].map(|count| count.saturating_sub(TOLD) as u64);
    let more = series.left_out + of_lists.iter().sum::<u64>();
    if more > 0 {
        page.element("li", &format!("{more} more answers, addresses or turns are left out"));
    }
    page.raw("</ul>\n");
    times(page, series);
    page.raw("</article>\n");
}

fn turn(page: &mut Markup, turn: &Turn) {
    let (word, ink) = match turn.what {
        TurnKind::Broke => ("broke", Ink::Bad),
        TurnKind::Healed => ("healed", Ink::Good),
        TurnKind::Rerouted => ("took another route", Ink::Odd),
    };
    let cause = turn.finding.map(|id| format!(": {id}")).unwrap_or_default();
    let silent = turn.silent_ms.map(|ms| format!(" after {} without an answer", duration(ms))).unwrap_or_default();
    page.raw("<li><strong class=\"").raw(class(ink)).raw("\">").text(word).raw("</strong>");
    page.text(&format!("{silent}{cause}; {} since {} (round {})", route(turn), turn.at, turn.round)).raw("</li>\n");
}

fn route(turn: &Turn) -> &'static str {
    use crate::diagnosis::ObservedRoute as Route;
    match turn.route {
        Route::Private => "private",
        Route::Gateway => "by the gateway endpoint",
        Route::Public => "public",
        Route::S3Undetermined => "by the gateway endpoint or public",
        Route::None => "without a route",
    }
}

fn answer(page: &mut Markup, answer: &AnswerSeries) {
    let addresses: Vec<_> = answer.addresses.iter().map(ToString::to_string).collect();
    let found = if addresses.is_empty() { "no address".to_owned() } else { addresses.join(", ") };
    let (first, last) = (duration(answer.first_ms), duration(answer.last_ms));
    page.raw("<li>").element("code", &found);
    page.text(&format!(" in {}, from {first} to {last} after the start", plural(answer.rounds, "round")))
        .raw("</li>\n");
}

/// A row for each kind of attempt.
fn times(page: &mut Markup, series: &Series) {
    if series.resolvers.is_empty() && series.addresses.is_empty() {
        return;
    }
    page.raw("<div class=\"scroll\"><table class=\"times\"><thead><tr>");
    for title in TITLES {
        page.element("th scope=\"col\"", title);
    }
    page.raw("</tr></thead><tbody>\n");
    for asked in &series.resolvers {
        row(page, &asked.resolver.to_string(), "resolve", &asked.times);
    }
    for asked in &series.addresses {
        let address = asked.address.to_string();
        asked.rungs.iter().for_each(|climbed| row(page, &address, rung(climbed.rung), &climbed.times));
    }
    page.raw("</tbody></table></div>\n");
}

fn row(page: &mut Markup, asked: &str, rung: &str, times: &Times) {
    page.raw("<tr>").element("th scope=\"row\"", asked).element("td", rung).element("td", &times.asked.to_string());
    let ink = if times.lost > 0 { Ink::Bad } else { Ink::Plain };
    page.painted("td", &Cell::new(lost(times), ink));
    for ms in [times.median_ms, times.p95_ms, times.max_ms] {
        page.element("td", &ms.map_or_else(|| "-".to_owned(), time));
    }
    page.raw("</tr>\n");
}

fn lost(times: &Times) -> String {
    let Times { asked, lost, .. } = times;
    match lost.saturating_mul(1_000).checked_div(*asked) {
        Some(share @ 1..) => format!("{lost} ({}.{} %)", share / 10, share % 10),
        Some(0) | None => lost.to_string(),
    }
}
