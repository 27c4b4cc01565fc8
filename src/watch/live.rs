//! What a watch says while it goes on: a line a check, a sentence a turn.

use super::clock::{spoken, time_of_day};
use super::tally::Tally;
use super::track::{State, Track};
use super::{Turn, TurnKind};
use crate::diagnosis::ObservedRoute;
use crate::plan::CheckId;

/// One check as it is now.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Line {
    /// Whether it fails.
    pub fails: bool,
    /// Which check, and its state: no wider than it has to be.
    pub text: String,
}

/// A line a check, those that fail first.
pub fn lines(tally: &Tally) -> Vec<Line> {
    let known = || tally.tracks.iter().filter_map(|track| Some((track, track.state?)));
    let width = known().map(|(track, _)| track.check.0.chars().count()).max().unwrap_or(0).min(32);
    let line = |(track, state): (&Track, State)| {
        let name: String = track.check.0.chars().take(width).collect();
        let fails = state.fails && track.required;
        Line { fails, text: format!("{name:width$}  {}", told(tally, track, state)) }
    };
    let mut lines: Vec<Line> = known().map(line).collect();
    crate::order::by_key(&mut lines, |line| !line.fails);
    lines
}

fn told(tally: &Tally, track: &Track, state: State) -> String {
    let word = match (state.fails, track.required) {
        (false, _) => "ok  ",
        (true, true) => "FAIL",
        (true, false) => "-   ",
    };
    let since = time_of_day(&tally.at(track.since_ms)).unwrap_or_default();
    let mut text = format!("{word}  {} since {since}", what(state));
    if let Some(ms) = track.silent_ms.filter(|_| !state.is_silent) {
        text += &format!("; {} without an answer", spoken(ms));
    }
    if let Some(ms) = track.connect_ms {
        text += &format!("  connect {ms} ms");
    }
    let (asked, lost) = track.tries;
    if asked > 0 {
        text += &format!("  lost {lost}/{asked}");
    }
    text
}

fn what(state: State) -> String {
    match state.finding {
        Some(finding) => finding.to_string(),
        None if state.fails => "no answer".to_owned(),
        None => route(state.route).to_owned(),
    }
}

/// A turn in one sentence, with its time.
pub(super) fn word(check: &CheckId, turn: &Turn, required: bool) -> String {
    let time = time_of_day(&turn.at).unwrap_or_default();
    let subject = if required { format!("{check} ") } else { String::new() };
    format!("{time} {subject}{}", turned(check, turn, required))
}

/// What a check became. What the task start does without is named: no word about it may read like a fault.
pub(crate) fn turned(check: &CheckId, turn: &Turn, required: bool) -> String {
    let by = turn.finding.map(|finding| format!(": {finding}")).unwrap_or_default();
    let silent = turn.silent_ms.map(|ms| format!("; {} without an answer", spoken(ms))).unwrap_or_default();
    let route = route(turn.route);
    let what = match (turn.what, required) {
        (TurnKind::Broke, true) if by.is_empty() => "broke: no answer".to_owned(),
        (TurnKind::Broke, true) => format!("broke{by}"),
        (TurnKind::Broke, false) => format!("no longer answers{by}"),
        (TurnKind::Healed, true) => format!("works again, {route}{by}{silent}"),
        (TurnKind::Healed, false) => format!("answers{silent}"),
        (TurnKind::Rerouted, _) => format!("is now {route}{by}"),
    };
    match check.0.strip_prefix("control:") {
        _ if required => what,
        Some(host) => format!("a way out: {host} {what}"),
        None => format!("not needed for the start: {check} {what}"),
    }
}

/// A route in a word or two.
fn route(route: ObservedRoute) -> &'static str {
    match route {
        ObservedRoute::Private => "private",
        ObservedRoute::Gateway => "gateway",
        ObservedRoute::Public => "public",
        ObservedRoute::S3Undetermined => "by S3's public addresses",
        ObservedRoute::None => "without a connection",
    }
}
