//! What the variations of a handshake showed, for the rules that tell its failures apart.

use std::collections::BTreeMap;

use crate::diagnosis::case::{Peer, Variation};
use crate::diagnosis::ledger::{Ledger, Stage, Trouble};
use crate::observation::{Change, Fault, Observation};
use crate::plan::CheckId;

/// How an ordinary handshake ended, where variations can tell why.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ending {
    /// No answer to the ClientHello.
    Silent,
    /// A reset or a close.
    CutOff,
}

/// How an ordinary handshake ended, where variations can tell why.
pub fn ending(trouble: &Trouble<'_>) -> Option<Ending> {
    let fault = trouble.fault.filter(|_| matches!(trouble.stage, Stage::Handshake(_)))?;
    fault.is_wordless().then(|| if fault.is_silence() { Ending::Silent } else { Ending::CutOff })
}

/// Whether the handshake with exactly these changes got an answer, if only an alert.
pub fn answered(peer: &Peer<'_>, changes: &[Change]) -> bool {
    peer.variation(changes).is_some_and(Variation::answered)
}

/// Whether a whole certificate came in segments of full size, under another name or none.
pub fn full_size_passes(peer: &Peer<'_>) -> bool {
    let finished = |variation: &Variation<'_>| {
        variation.handshake.as_ref().is_some_and(|handshake| handshake.last.seen().is_some())
    };
    [Change::OtherName, Change::NoName].iter().any(|change| peer.variation(&[*change]).is_some_and(finished))
}

/// Whether a hello of full length under another name, or none, got an answer.
pub fn long_hello_passes(peer: &Peer<'_>) -> bool {
    answered(peer, &[Change::OtherName]) || answered(peer, &[Change::NoName])
}

/// Take what shows a cause, and addresses of the same checks for whose variations no time was left.
pub fn take<'c>(ledger: &mut Ledger<'c>, shows: impl Fn(&Trouble<'c>, &Peer<'c>) -> bool) -> Vec<Trouble<'c>> {
    let is_shown = |trouble: &Trouble<'c>| {
        ending(trouble).is_some() && trouble.peer().is_some_and(|peer| is_varied(peer) && shows(trouble, peer))
    };
    let hit: Vec<&CheckId> =
        ledger.open().iter().filter(|trouble| is_shown(trouble)).map(|trouble| &trouble.view.check.id).collect();
    let is_beside = |trouble: &Trouble<'c>| {
        ending(trouble).is_some() && !trouble.peer().is_some_and(is_varied) && hit.contains(&&trouble.view.check.id)
    };
    ledger.take(|trouble| is_shown(trouble) || is_beside(trouble))
}

/// Whether anything came of any variation.
pub fn is_varied(peer: &Peer<'_>) -> bool {
    peer.variations.iter().any(|variation| variation.answered() || variation.fault().is_some())
}

/// What the variations showed, in a clause a kind of outcome; one clause where they all showed the same.
pub fn showed(peer: &Peer<'_>) -> String {
    let seen: Vec<_> =
        peer.variations.iter().filter_map(|variation| Some((variation.changes, outcome(variation)?))).collect();
    let told: Vec<_> = seen.iter().filter(|this| !seen.iter().any(|other| says_it_all(other, this))).collect();
    let mut outcomes: BTreeMap<&str, Vec<&[Change]>> = BTreeMap::new();
    for (changes, outcome) in told {
        outcomes.entry(outcome).or_default().push(changes);
    }
    let alike = outcomes.len() == 1 && seen.len() > 1;
    let clause = |(outcome, ways): (&&str, &Vec<&[Change]>)| {
        let told = ways.iter().map(|changes| way(changes)).collect::<Vec<_>>().join(", ");
        if alike { format!("{outcome} whatever was varied: {}", varied_in(ways)) } else { format!("{outcome} {told}") }
    };
    outcomes.iter().map(clause).collect::<Vec<_>>().join("; ")
}

type Shown<'a> = (&'a [Change], String);

/// Whether fewer of the same changes came to the same, so that the rest of them tells nothing.
fn says_it_all((fewer, outcome): &Shown<'_>, (changes, same): &Shown<'_>) -> bool {
    fewer.len() < changes.len() && outcome == same && fewer.iter().all(|change| changes.contains(change))
}

/// `a short ClientHello, another or no server name, small segments`.
fn varied_in(ways: &[&[Change]]) -> String {
    let has = |change| ways.iter().any(|changes| changes.contains(&change));
    let name = match (has(Change::OtherName), has(Change::NoName)) {
        (true, true) => Some("another or no server name"),
        (true, false) => Some("another server name"),
        (false, true) => Some("no server name"),
        (false, false) => None,
    };
    let hello = has(Change::ShortHello).then_some("a short ClientHello");
    let small = has(Change::SmallSegments).then_some("small segments");
    [hello, name, small].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn outcome(variation: &Variation<'_>) -> Option<String> {
    match variation.fault() {
        Some(Fault::TimedOut { .. }) => Some("no answer".to_owned()),
        Some(fault) => Some(fault.to_string()),
        None => variation.answered().then(|| "a finished handshake".to_owned()),
    }
}

fn way(changes: &[Change]) -> String {
    let word = |change: &Change| match change {
        Change::ShortHello => "with a short ClientHello",
        Change::OtherName => "with another server name",
        Change::NoName => "without a server name",
        Change::SmallSegments => "in small segments",
    };
    changes.iter().map(word).collect::<Vec<_>>().join(" and ")
}

/// The observations of the variations on these addresses.
pub fn variations<'c>(taken: &[Trouble<'c>]) -> Vec<&'c Observation> {
    let peers = taken.iter().filter_map(Trouble::peer);
    peers.flat_map(|peer| &peer.variations).flat_map(Variation::seen).collect()
}

/// The first address on which variations showed something.
pub fn varied<'c>(taken: &[Trouble<'c>]) -> Option<&'c Peer<'c>> {
    taken.iter().filter_map(Trouble::peer).find(|peer| is_varied(peer))
}
