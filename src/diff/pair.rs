//! Which run, and which check of it, is which of the other side's.

use std::collections::{HashMap, HashSet};

use super::side::{Document, Run, Seen};
use crate::plan::CheckId;

/// Steps whose names change with the image, the secret or the group that they are of.
const STEPS: [&str; 6] = ["environment-file", "layers", "log-stream", "manifest", "parameter", "secret"];

/// One thing of both sides; of one side only where the other has none.
pub(super) type Pair<'d, T> = (Option<&'d T>, Option<&'d T>);

/// By what one thing is known as another; the flag says whether it is one of BEFORE's.
type Key<'k, T> = &'k dyn Fn(&T, bool) -> Option<String>;

/// The runs, by name and then by subnet.
pub(super) fn runs<'d>(before: &'d Document, after: &'d Document) -> Vec<Pair<'d, Run>> {
    if let ([before], [after], false) = (&before.runs[..], &after.runs[..], after.is_merged) {
        return vec![(Some(before), Some(after))];
    }
    matched(&before.runs, &after.runs, &[&|run, _| run.name.clone(), &|run, _| run.subnet.clone()])
}

/// The checks, by name; then, as far as they are the only ones of their kind, steps of another image or secret.
pub(super) fn checks<'d>(before: &'d Run, after: &'d Run) -> Vec<Pair<'d, Seen>> {
    let named = |seen: &Seen, is_before: bool| {
        let id = &seen.check.id.0;
        Some(if is_before { renamed(id, before, after) } else { id.clone() })
    };
    let kind = |seen: &Seen, _: bool| {
        let (kind, _) = seen.check.id.0.split_once(':')?;
        STEPS.contains(&kind).then(|| format!("{kind} {}", seen.check.service.as_deref().unwrap_or_default()))
    };
    // Several images, each with a new tag.
    let repository = |seen: &Seen, is_before: bool| {
        let id = named(seen, is_before)?;
        let is_of_image = id.starts_with("manifest:") || id.starts_with("layers:");
        let bare = id.split_once('@').map_or(id.as_str(), |(bare, _)| bare);
        let slash = bare.rfind('/')?;
        let end = bare[slash..].find(':').map_or(bare.len(), |at| slash + at);
        is_of_image.then(|| bare[..end].to_owned())
    };
    let mut pairs = matched(&before.checks, &after.checks, &[&named, &repository, &kind]);
    // The task's own name is another in each task.
    pairs.retain(|(before, after)| after.or(*before).is_some_and(|seen| seen.check.id.0 != "own-name"));
    pairs
}

/// What a check of BEFORE is called in AFTER: Region and account stand in its name.
fn renamed(id: &str, before: &Run, after: &Run) -> String {
    let mut id = id.to_owned();
    for (old, new) in [(&before.region, &after.region), (&before.account, &after.account)] {
        if let (Some(old), Some(new)) = (old, new)
            && !old.is_empty()
            && old != new
        {
            id = id.replace(old.as_str(), new);
        }
    }
    id
}

/// The names of BEFORE's checks, as AFTER calls them.
pub(super) fn names<'d>(pairs: &[Pair<'d, Seen>]) -> HashMap<&'d CheckId, &'d CheckId> {
    let both = pairs.iter().filter_map(|(before, after)| Some((&(*before)?.check.id, &(*after)?.check.id)));
    both.collect()
}

/// Pairs by one key after the other; what has no key, or shares it, stays alone. AFTER's in their order, then what only
/// BEFORE has.
fn matched<'d, T>(before: &'d [T], after: &'d [T], keys: &[Key<'_, T>]) -> Vec<Pair<'d, T>> {
    let mut others: Vec<Option<usize>> = vec![None; after.len()];
    let mut taken: HashSet<usize> = HashSet::new();
    for key in keys {
        let free = before.iter().enumerate().filter(|(at, _)| !taken.contains(at));
        let known = unique(free.map(|(at, thing)| (at, key(thing, true))));
        let alone = after.iter().enumerate().filter(|(at, _)| others[*at].is_none());
        for (key, at) in unique(alone.map(|(at, thing)| (at, key(thing, false)))) {
            if let Some(other) = known.get(&key) {
                taken.insert(*other);
                others[at] = Some(*other);
            }
        }
    }
    let pairs = after.iter().zip(others).map(|(after, other)| (other.map(|at| &before[at]), Some(after)));
    let left = before.iter().enumerate().filter(|(at, _)| !taken.contains(at)).map(|(_, thing)| (Some(thing), None));
    pairs.chain(left).collect()
}

/// The places of those that share their key with no other.
fn unique(keyed: impl Iterator<Item = (usize, Option<String>)>) -> HashMap<String, usize> {
    let mut places: HashMap<String, Option<usize>> = HashMap::new();
    for (at, key) in keyed {
        if let Some(key) = key {
            places.entry(key).and_modify(|place| *place = None).or_insert(Some(at));
        }
    }
    places.into_iter().filter_map(|(key, at)| Some((key, at?))).collect()
}
