//! The layers of an image, summed: how many, how much of them, and those that are odd by name.

use std::collections::HashMap;

use super::super::cells::Cell;
use super::super::page::Ink;
use super::super::units::{bytes, plural, rate};
use super::came::{Asked, Came, not_tried, together};
use super::name::short;
use super::{Told, told};
use crate::diagnosis::Pull;
use crate::observation::{Held, Observation, Outcome, Part, Why};

/// How many layers of one fate are named, and how many fates are told.
const NAMED: usize = 3;
const FATES: usize = 4;

/// A layer, or the configuration, and the requests for it.
struct Blob<'a> {
    digest: Option<&'a str>,
    is_layer: bool,
    seen: Vec<&'a Observation>,
}

/// Blobs that came to the same bad end.
struct Fate<'a> {
    words: String,
    said: Option<String>,
    ink: Ink,
    layers: Vec<Option<&'a str>>,
}

/// How many layers there are, where that is known, and what came of them.
pub(super) fn sum(seen: &[&Observation], asked: Asked<'_>, pull: Option<&Pull>) -> (Option<u64>, Told) {
    let blobs = blobs(seen);
    let layers = blobs.iter().filter(|blob| blob.is_layer && blob.digest.is_some()).count() as u64;
    let count = pull.map(|pull| pull.layers).or((layers > 0).then_some(layers));
    let fates = fates(&blobs, asked);
    let unhappy = fates.iter().map(|fate| fate.layers.len() as u64).sum::<u64>();
    let result = match fates.first() {
        None => told(&fetched(&blobs, pull), Ink::Plain),
        Some(fate) if fates.len() == 1 && (fate.layers.is_empty() || unhappy >= layers) => {
            Told { result: Cell::new(fate.words.clone(), fate.ink), below: fate.said.iter().cloned().collect() }
        }
        Some(fate) => Told {
            result: Cell::new(format!("{unhappy} of {} not fetched", plural(layers, "layer")), fate.ink),
            below: below(&fates),
        },
    };
    (count, result)
}

/// The requests by what they asked for, in their order.
fn blobs<'a>(seen: &[&'a Observation]) -> Vec<Blob<'a>> {
    let mut blobs: Vec<Blob<'_>> = Vec::new();
    let mut known: HashMap<(Option<&str>, bool), usize> = HashMap::new();
    for observation in seen {
        let step = observation.step.as_ref();
        let is_layer = !step.is_some_and(|step| matches!(step.part, Part::ConfigBlob | Part::Config));
        let digest = step.and_then(|step| step.about.as_deref());
        let index = *known.entry((digest, is_layer)).or_insert(blobs.len());
        match blobs.get_mut(index) {
            Some(blob) => blob.seen.push(observation),
            None => blobs.push(Blob { digest, is_layer, seen: vec![observation] }),
        }
    }
    blobs
}

/// What went wrong, each with whom it befell; first what failed, then what was not tried.
fn fates<'a>(blobs: &[Blob<'a>], asked: Asked<'_>) -> Vec<Fate<'a>> {
    let mut fates: Vec<Fate<'_>> = Vec::new();
    for blob in blobs {
        let (words, said, ink) = match together(&blob.seen, asked) {
            Came::Good => continue,
            Came::Bad(words, said) | Came::Unproved(words, said) => (words, said, Ink::Bad),
            Came::Not(Why::NotAsked) if blob.seen.len() > 1 => continue,
            Came::Not(why) => (not_tried(why, asked).to_owned(), None, Ink::Dim),
        };
        let layer = blob.is_layer.then_some(blob.digest);
        match fates.iter_mut().find(|fate| fate.words == words) {
            Some(fate) => fate.layers.extend(layer),
            None => fates.push(Fate { words, said, ink, layers: layer.into_iter().collect() }),
        }
    }
    crate::order::by_key(&mut fates, |fate| fate.ink == Ink::Dim);
    fates
}

/// A line or two for each of the first few fates.
fn below(fates: &[Fate<'_>]) -> Vec<String> {
    let mut lines: Vec<String> = fates.iter().take(FATES).flat_map(line).collect();
    if let Some(rest) = fates.get(FATES..).filter(|rest| !rest.is_empty()) {
        let layers: usize = rest.iter().map(|fate| fate.layers.len()).sum();
        lines.push(format!("{} in {} other ways", plural(layers, "layer"), rest.len()));
    }
    lines
}

fn line(fate: &Fate<'_>) -> Vec<String> {
    let names: Vec<_> = fate.layers.iter().flatten().take(NAMED).map(|digest| short(digest)).collect();
    let more = match fate.layers.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let of = if names.is_empty() { String::new() } else { format!("{}{more}: ", names.join(", ")) };
    std::iter::once(format!("{of}{}", fate.words)).chain(fate.said.clone()).collect()
}

/// How much came, and how fast.
fn fetched(blobs: &[Blob<'_>], pull: Option<&Pull>) -> String {
    let seen = || blobs.iter().flat_map(|blob| &blob.seen);
    let transfers = seen().filter_map(|seen| match seen.response()?.held.as_ref()? {
        Held::Transfer(transfer) => Some(transfer.bytes),
        _ => None,
    });
    let came = pull.map_or_else(|| transfers.fold(0_u64, u64::saturating_add), |pull| pull.bytes_fetched);
    let is_left = seen().any(|seen| matches!(seen.outcome, Outcome::NotTried { why: Why::NotAsked }));
    let speed = pull.and_then(|pull| pull.bytes_per_s).map(|speed| format!(" at {}", rate(speed)));
    let speed = speed.unwrap_or_default();
    match pull.map(|pull| pull.bytes) {
        _ if came == 0 && is_left => "asked for, not fetched (--layers none)".to_owned(),
        Some(size) if came >= size => format!("all {}{speed}", bytes(size)),
        Some(size) => format!("{} of {}{speed}", bytes(came), bytes(size)),
        None => format!("{}{speed}", bytes(came)),
    }
}
