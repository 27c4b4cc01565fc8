//! What a watch says while it goes on: a line a check, a sentence a turn.

use super::clock::{spoken, time_of_day};
use super::tally::Tally;
use super::track::{State, Track};
use super::{Turn, TurnKind};
use crate::diagnosis::ObservedRoute;
use crate::plan::CheckId;

/// The most columns of a name.
const NAME: usize = 18;

/// One check as it is now.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Line {
    /// Whether it fails.
    pub fails: bool,
    /// Which check, and its state: no wider than it has to be.
    pub text: String,
}

/// A line a check, under the name that is given for it: those that fail first, what the task start does without last.
pub fn lines(tally: &Tally, called: &dyn Fn(&str) -> String) -> Vec<Line> {
    let mut known: Vec<(&Track, State)> = tally.tracks.iter().filter_map(|track| Some((track, track.state?))).collect();
    crate::order::by_key(&mut known, |(track, state)| (!track.required, !state.fails));
    let names: Vec<String> = known.iter().map(|(track, _)| short(&called(&track.check.0))).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let line = |((track, state), name): (&(&Track, State), &String)| Line {
        fails: state.fails && track.required,
        text: format!("{name:width$}  {}", told(tally, track, *state)),
    };
    known.iter().zip(&names).map(line).collect()
}

/// A name in a column that leaves room for the figures beside it: its beginning and its end.
fn short(name: &str) -> String {
    let Some(cut) = name.chars().count().checked_sub(NAME).filter(|cut| *cut > 0) else { return name.to_owned() };
    let head: String = name.chars().take(NAME / 2).collect();
    let tail: String = name.chars().skip(NAME / 2 + cut + 1).collect();
    format!("{head}\u{2026}{tail}")
}

fn told(tally: &Tally, track: &Track, state: State) -> String {
    let word = match (state.fails, track.required) {
        (false, _) => "ok  ",
        (true, true) => "FAIL",
        (true, false) => "-   ",
    };
    let since = time_of_day(&tally.at(track.since_ms)).unwrap_or_default();
    let mut text = format!("{word}  {} since {since}", what(track, state));
    let (asked, lost) = track.tries;
    if asked > 0 {
        text += &format!("  lost {lost}/{asked}");
    }
    if let Some(ms) = track.connect_ms {
        text += &format!("  connect {ms} ms");
    }
    if let Some(past) = track.past.filter(|_| !state.is_broken) {
        text += &outage(Some(past.failing_ms), past.silent_ms);
    }
    text
}

fn what(track: &Track, state: State) -> String {
    match state.finding {
        Some(finding) => finding.to_string(),
        None if state.fails => "no answer".to_owned(),
        // A name that is only asked for has no route.
        None if track.check.0 == "own-name" => "answered".to_owned(),
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
    let silent = outage(turn.failing_ms, turn.silent_ms);
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

/// How long it was broken that works again; "without an answer" only where nobody gave one.
fn outage(failing_ms: Option<u64>, silent_ms: Option<u64>) -> String {
    match (failing_ms, silent_ms) {
        (Some(all), Some(silent)) if silent < all => {
            format!("; failing for {}, {} of it without an answer", spoken(all), spoken(silent))
        }
        (_, Some(silent)) => format!("; {} without an answer", spoken(silent)),
        (Some(all), None) => format!("; failing for {}", spoken(all)),
        (None, None) => String::new(),
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
