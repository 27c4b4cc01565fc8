//! A path as a drawing: from left to right where there is room, from top to bottom on a phone. The style sheet shows one
//! of the two. Nothing is scaled, so that the letters stay as large as those around them.

use super::super::markup::Markup;
use super::State;
use super::stations::{Path, Station};

/// Where a drawing's letters begin, and what a line takes.
const LINE: usize = 17;

/// The broken place of a link.
const CROSS: &str = "<circle r=\"9\" class=\"bad\"/><path class=\"sign\" d=\"M-3.5-3.5 3.5 3.5M3.5-3.5-3.5 3.5\"/>";

/// From left to right.
pub(super) fn across(page: &mut Markup, path: &Path) {
    let most = path.stations.iter().map(|station| station.lines.len()).max().unwrap_or_default();
    let words = path.links.iter().map(|link| link.words.len()).max().unwrap_or_default();
    // The stations stand on one line, with the rungs' words above it.
    let axis = LINE * words.max(1) + 14;
    open(page, "wide", axis + LINE * (most + 2), path);
    let half = 5_000 / path.stations.len().max(1) as u64;
    for (link, before) in path.links.iter().zip(0..) {
        let (from, to) = (half * (2 * before + 1), half * (2 * before + 3));
        line(page, link.state).raw(" y1=\"").number(axis).raw("\" y2=\"").number(axis);
        page.raw("\" x1=\"").share(from).raw("\" x2=\"").share(to).raw("\"/>");
        let top = axis - 14 - LINE * link.words.len().saturating_sub(1);
        for (words, index) in link.words.iter().zip(0..) {
            page.raw("<text class=\"").raw(name(link.state)).raw("\" x=\"").share(half * (2 * before + 2));
            page.raw("\" y=\"").number(top + LINE * index).raw("\">").text(words).raw("</text>");
        }
        if link.state == State::Bad {
            page.raw("<svg y=\"").number(axis).raw("\" x=\"").share(half * (2 * before + 2));
            page.raw("\">").raw(CROSS).raw("</svg>");
        }
    }
    for (station, index) in path.stations.iter().zip(0..) {
        page.raw("<svg y=\"").number(axis).raw("\" x=\"").share(half * (2 * index + 1)).raw("\">");
        place(page, station, "0", 30);
        page.raw("</svg>");
    }
    page.raw("</svg>\n");
}

/// From top to bottom.
pub(super) fn down(page: &mut Markup, path: &Path) {
    let tall = |station: &Station, words: usize| LINE * (station.lines.len() + words) + 36;
    let words = |index: usize| path.links.get(index).map_or(0, |link| link.words.len());
    let steps = || path.stations.iter().enumerate().map(|(index, station)| tall(station, words(index)));
    open(page, "tall", steps().sum(), path);
    let mut top = 14;
    for (link, step) in path.links.iter().zip(steps()) {
        let end = top + step;
        line(page, link.state).raw(" x1=\"12\" x2=\"12\" y1=\"").number(top).raw("\" y2=\"").number(end).raw("\"/>");
        for (words, index) in link.words.iter().rev().zip(0..) {
            page.raw("<text class=\"").raw(name(link.state)).raw("\" x=\"30\" y=\"").number(end - 18 - LINE * index);
            page.raw("\">").text(words).raw("</text>");
        }
        if link.state == State::Bad {
            page.raw("<svg x=\"12\" y=\"").number(end - 31).raw("\">").raw(CROSS).raw("</svg>");
        }
        top = end;
    }
    let mut top = 14;
    for (station, step) in path.stations.iter().zip(steps()) {
        page.raw("<svg x=\"12\" y=\"").number(top).raw("\">");
        place(page, station, "18", 5);
        page.raw("</svg>");
        top += step;
    }
    page.raw("</svg>\n");
}

fn open(page: &mut Markup, class: &'static str, height: usize, path: &Path) {
    page.raw("<svg role=\"img\" width=\"100%\" class=\"path ").raw(class).raw("\" height=\"").number(height);
    page.raw("\" aria-label=\"").text(&path.words()).raw("\">");
}

fn line(page: &mut Markup, state: State) -> &mut Markup {
    page.raw("<line class=\"").raw(name(state)).raw("\"")
}

/// A station: its mark, its name, and what is known of it. A broken one has a cross, one not reached is empty.
fn place(page: &mut Markup, station: &Station, x: &'static str, y: usize) {
    page.raw("<circle r=\"9\" class=\"").raw(name(station.state)).raw("\"/>");
    page.raw(match station.state {
        State::Good => "<path class=\"sign\" d=\"M-4 0-1 3 4-3\"/>",
        State::Odd => "<path class=\"sign\" d=\"M0-5V1M0 3.5V4.5\"/>",
        State::Bad => "<path class=\"sign\" d=\"M-3.5-3.5 3.5 3.5M3.5-3.5-3.5 3.5\"/>",
        State::Off => "",
    });
    page.raw("<text class=\"title\" x=\"")
        .raw(x)
        .raw("\" y=\"")
        .number(y)
        .raw("\">")
        .text(&station.title)
        .raw("</text>");
    for (line, index) in station.lines.iter().zip(1..) {
        let is_cause = station.state == State::Bad && index == station.lines.len();
        page.raw(if is_cause { "<text class=\"bad\" x=\"" } else { "<text class=\"mono\" x=\"" });
        page.raw(x).raw("\" y=\"").number(y + LINE * index).raw("\">").text(line).raw("</text>");
    }
}

fn name(state: State) -> &'static str {
    match state {
        State::Good => "good",
        State::Odd => "odd",
        State::Bad => "bad",
        State::Off => "off",
    }
}
