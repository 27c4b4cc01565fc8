//! When each attempt began and ended: a row a check, a bar an attempt.

mod scale;

use std::cmp::Reverse;

use super::super::text::cells::time;
use super::super::text::steps::called;
use super::super::text::wrap::{clean, squeeze};
use super::Context;
use super::evidence::{attempt, came, rung};
use super::markup::Markup;
use crate::diagnosis::{CheckResult, CheckStatus};
use crate::observation::{Observation, Outcome, Rung};
use scale::Scale;

/// How many checks have a row, and how many attempts of one have a bar.
const MOST: usize = 48;
const MOST_BARS: usize = 64;

/// How many bars lie below each other in a row, and what one takes.
const LANES: usize = 6;
const LANE: usize = 12;

/// The most columns of a check's name.
const NAME_COLUMNS: usize = 60;

/// The most columns of what is said of a bar.
const SAID_COLUMNS: usize = 160;

/// A check and its attempts, in their order.
struct Row<'c> {
    check: &'c CheckResult,
    made: Vec<&'c Observation>,
    end: u64,
}

/// Everything that took time, on one scale.
pub(super) fn write(page: &mut Markup, context: &Context<'_>) {
    let all: Vec<Row<'_>> = context.report.checks.iter().filter_map(|check| row(context, check)).collect();
    if all.is_empty() {
        return;
    }
    let count = all.len();
    let rows = chosen(all);
    let ends = rows.iter().flat_map(|row| row.made.iter().map(|seen| end(seen)));
    let scale = Scale::of(ends.collect());
    page.raw("<section><h2>When it happened</h2>\n");
    legend(page, &scale);
    if count > MOST {
        let text = format!("{MOST} of {count} checks are drawn: those that do not pass, then those that end last.");
        page.element("p", &text);
    }
    page.raw("<div class=\"fall\">\n<b></b>");
    axis(page, &scale);
    rows.iter().for_each(|row| bars(page, row, &scale));
    page.raw("</div></section>\n");
}

fn row<'c>(context: &Context<'c>, check: &'c CheckResult) -> Option<Row<'c>> {
    let was_made = |seen: &&&Observation| !matches!(seen.outcome, Outcome::NotTried { .. });
    let mut made: Vec<&Observation> = context.seen(&check.id).iter().filter(was_made).copied().collect();
    crate::order::by_key(&mut made, |seen| seen.at_ms);
    let end = made.iter().map(|seen| end(seen)).max()?;
    Some(Row { check, made, end })
}

fn end(seen: &Observation) -> u64 {
    seen.at_ms.saturating_add(seen.took_ms)
}

/// Of too many rows those that tell most, in the order that they had.
fn chosen(rows: Vec<Row<'_>>) -> Vec<Row<'_>> {
    let mut numbered: Vec<(usize, Row<'_>)> = rows.into_iter().enumerate().collect();
    if numbered.len() > MOST {
        crate::order::by_key(&mut numbered, |(_, row)| (row.check.status == CheckStatus::Pass, Reverse(row.end)));
        numbered.truncate(MOST);
        crate::order::by_key(&mut numbered, |(number, _)| *number);
    }
    numbered.into_iter().map(|(_, row)| row).collect()
}

/// What the colours are, and what the axis is.
fn legend(page: &mut Markup, scale: &Scale) {
    page.raw("<p class=\"legend\">");
    for step in [Rung::Resolve, Rung::Connect, Rung::Handshake, Rung::Exchange] {
        page.raw("<span><svg width=\"14\" height=\"10\"><rect width=\"14\" height=\"10\" class=\"").raw(rung(step));
        page.raw("\"/></svg> ").text(rung(step)).raw("</span> ");
    }
    page.raw(
        "<span><svg width=\"14\" height=\"10\"><rect x=\"1\" y=\"1\" width=\"12\" height=\"8\" class=\"bad\"/></svg> ",
    );
    page.raw(
        "failed (only an outline)</span></p>\n<p class=\"dim\">Time since the start of the run, from left to right",
    );
    page.raw(if scale.is_bent { "; early moments are drawn wider than late ones.</p>\n" } else { ".</p>\n" });
}

fn axis(page: &mut Markup, scale: &Scale) {
    page.raw("<svg aria-hidden=\"true\" width=\"100%\" height=\"18\">");
    for tick in &scale.ticks {
        page.raw("<text y=\"13\" x=\"").share(scale.at(*tick)).raw(if *tick == 0 {
            "\">"
        } else {
            "\" class=\"mid\">"
        });
        page.text(&if *tick == 0 { "0".to_owned() } else { time(*tick) }).raw("</text>");
    }
    page.raw("</svg>\n");
}

fn bars(page: &mut Markup, row: &Row<'_>, scale: &Scale) {
    let name = squeeze(&clean(&called(&row.check.id)), NAME_COLUMNS);
    page.raw("<div><span>").text(&name).raw("</span> ").element("small", &took(row)).raw("</div>");
    let lanes = lanes(row);
    let height = LANE * (lanes.iter().max().copied().unwrap_or_default() + 1) + 4;
    page.raw("<svg role=\"img\" width=\"100%\" height=\"").number(height).raw("\" aria-label=\"");
    page.text(&format!("{name}: {}", took(row))).raw("\">");
    for tick in &scale.ticks {
        let at = scale.at(*tick);
        page.raw("<line y2=\"100%\" x1=\"").share(at).raw("\" x2=\"").share(at).raw("\"/>");
    }
    for (seen, lane) in row.made.iter().zip(&lanes) {
        bar(page, seen, 3 + LANE * lane, scale);
    }
    page.raw("</svg>\n");
}

/// From when to when, and how many attempts have no bar.
fn took(row: &Row<'_>) -> String {
    let begin = row.made.first().map_or(0, |seen| seen.at_ms);
    let left_out = match row.made.len().checked_sub(MOST_BARS) {
        Some(more @ 1..) => format!("; {more} attempts are not drawn"),
        Some(0) | None => String::new(),
    };
    format!("{} from {}{left_out}", time(row.end.saturating_sub(begin)), time(begin))
}

/// For each bar the first lane that is free by then.
fn lanes(row: &Row<'_>) -> Vec<usize> {
    let mut free: Vec<u64> = Vec::new();
    let mut place = |seen: &&Observation| {
        let lane = free.iter().position(|free| *free <= seen.at_ms).unwrap_or(free.len()).min(LANES - 1);
        match free.get_mut(lane) {
            Some(free) => *free = end(seen).max(*free),
            None => free.push(end(seen)),
        }
        lane
    };
    row.made.iter().take(MOST_BARS).map(&mut place).collect()
}

fn bar(page: &mut Markup, seen: &Observation, top: usize, scale: &Scale) {
    let (from, to) = (scale.at(seen.at_ms), scale.at(end(seen)));
    let class = if seen.fault().is_some() { "bad" } else { rung(seen.rung) };
    page.raw("<rect class=\"").raw(class).raw("\" height=\"9\" y=\"").number(top).raw("\" x=\"").share(from);
    page.raw("\" width=\"").share(to.saturating_sub(from).max(25)).raw("\"><title>");
    page.text(&squeeze(&format!("{}: {}", attempt(seen), came(seen)), SAID_COLUMNS)).raw("</title></rect>");
}
