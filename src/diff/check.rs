//! One check of two runs: what changed, and what that means.

use std::collections::{BTreeSet, HashMap};

use super::side::{Found, Run, Seen};
use super::sights::{Issuer, RUNGS, Sights, Tries, Trust};
use super::{Change, ChangeKind, Detail, What, words};
use crate::diagnosis::{CheckStatus, Class, FindingId, ObservedRoute, Severity};
use crate::plan::{CheckId, Route, Rung};
use crate::report::text::cells::time;

/// A time is another only where the slower is more than so many times the faster.
const NOISE_TIMES: u64 = 3;
/// And more than this above it: one attempt on a small task may wait so long for its processor.
const NOISE_MS: u64 = 50;

/// Two runs that are held against each other.
#[derive(Debug)]
pub(super) struct Runs<'d> {
    pub before: &'d Run,
    pub after: &'d Run,
    causes_before: Causes<'d>,
    causes_after: Causes<'d>,
}

/// The worst finding of each check.
type Causes<'d> = HashMap<&'d CheckId, &'d Found>;

fn causes(run: &Run) -> Causes<'_> {
    let mut causes = Causes::new();
    for found in &run.findings {
        for check in &found.checks {
            let worst = causes.entry(check).or_insert(found);
            if found.severity < worst.severity {
                *worst = found;
            }
        }
    }
    causes
}

impl<'d> Runs<'d> {
    pub(super) fn new(before: &'d Run, after: &'d Run) -> Self {
        Self { before, after, causes_before: causes(before), causes_after: causes(after) }
    }

    /// Whether AFTER passed it by asking for less: by look-ups alone, without credentials, without its layers.
    pub(super) fn is_weaker(&self, before: &Seen, after: &Seen) -> bool {
        let leaves = |run: &Run, seen: &Seen| {
            let mut of_replay = run.findings.iter().filter(|found| found.severity == Severity::Info);
            of_replay.any(|found| found.id == FindingId::Unproved && found.checks.contains(&seen.check.id))
        };
        leaves(self.after, after) && !leaves(self.before, before)
    }

    /// By what a check of BEFORE failed.
    pub(super) fn cause_before(&self, seen: &Seen) -> Option<FindingId> {
        self.causes_before.get(&seen.check.id).map(|found| found.id)
    }

    /// By what a check of AFTER fails.
    pub(super) fn cause_after(&self, seen: &Seen) -> Option<FindingId> {
        self.causes_after.get(&seen.check.id).map(|found| found.id)
    }

    /// Whether private addresses may be held against each other.
    fn stand_together(&self) -> bool {
        self.before.subnet == self.after.subnet && self.before.region == self.after.region
    }

    /// A rung slower than this was asked to be told.
    fn slow_ms(&self) -> Option<u64> {
        self.after.inputs.as_ref().map(|inputs| inputs.limits.slow_ms)
    }
}

/// What changed; nothing where nothing did. Both sides looked at it.
pub(super) fn change(runs: &Runs<'_>, before: &Seen, after: &Seen) -> Option<Change> {
    let mut details: Vec<Detail> = Vec::new();
    if !after.is_aside {
        details.extend(status(runs, before, after));
    }
    details.extend(route(runs, before, after));
    let mut too_slow = false;
    if let (Some(was), Some(is), false) = (&before.sights, &after.sights, is_control(after)) {
        if [before, after].iter().all(|seen| seen.check.expected_route != Route::Blocked) {
            details.extend(rungs(was, is));
        }
        details.extend(issuers(&was.issuers, &is.issuers));
        details.extend(codes(&was.codes, &is.codes));
        for (rung, (was, is)) in RUNGS.into_iter().zip(was.rungs.iter().zip(&is.rungs)) {
            let took = times(rung, was, is);
            let beyond = |ms: Option<u64>| ms.zip(runs.slow_ms()).is_some_and(|(ms, slow)| ms > slow);
            too_slow |= took.as_ref().is_some_and(|detail| beyond(detail.after_ms) && !beyond(detail.before_ms));
            details.extend(took);
        }
    }
    let kind = kind(before, after, &details);
    let required = before.check.required || after.check.required;
    (!details.is_empty()).then(|| Change {
        runs: Vec::new(),
        check: after.check.id.clone(),
        service: after.check.service.clone(),
        host: after.check.host.clone(),
        host_before: Some(&before.check.host).filter(|host| **host != after.check.host).cloned(),
        required,
        kind,
        regression: required && (kind == ChangeKind::Broke || too_slow),
        details,
    })
}

pub(super) fn is_control(seen: &Seen) -> bool {
    seen.check.id.0.starts_with("control:")
}

/// Whether it did what it should, perhaps with a warning.
pub(super) fn worked(seen: &Seen) -> bool {
    match seen.check.status {
        CheckStatus::Pass | CheckStatus::Warn => true,
        CheckStatus::Fail | CheckStatus::NotRun => false,
    }
}

fn kind(before: &Seen, after: &Seen, details: &[Detail]) -> ChangeKind {
    let is_route = details.iter().any(|detail| detail.what == What::Route);
    match (worked(before), worked(after)) {
        (true, false) if !after.is_aside => ChangeKind::Broke,
        (false, true) if !after.is_aside => ChangeKind::Healed,
        _ if is_route => ChangeKind::Moved,
        _ => ChangeKind::Otherwise,
    }
}

/// How a thing was and is, in words, and what that means.
pub(super) fn detail(what: What, before: impl Into<String>, after: impl Into<String>, meaning: &str) -> Detail {
    Detail {
        what,
        rung: None,
        before: before.into(),
        after: after.into(),
        before_ms: None,
        after_ms: None,
        meaning: meaning.to_owned(),
    }
}

fn status(runs: &Runs<'_>, before: &Seen, after: &Seen) -> Option<Detail> {
    let (was, is) = (before.check.status, after.check.status);
    let by = |cause: Option<FindingId>| cause.map(|cause| format!(" ({cause})")).unwrap_or_default();
    let (by_before, by_after) = (by(runs.cause_before(before)), by(runs.cause_after(after)));
    let meaning = match (worked(before), worked(after)) {
        _ if was == is => return None,
        (true, false) => format!("it passed before, and fails now{by_after}"),
        (false, true) => format!("it failed before{by_before}, and passes now"),
        _ if is == CheckStatus::Warn => format!("it passes as before, now with a warning{by_after}"),
        _ => format!("it passes as before, now without a warning{by_before}"),
    };
    Some(detail(What::Status, words::status(was), words::status(is), &meaning))
}

/// Another route, or other addresses where the route is the same. Public ones rotate: another one says nothing.
///
/// A step has no addresses: its route is its ladder's.
fn route(runs: &Runs<'_>, before: &Seen, after: &Seen) -> Option<Detail> {
    let (was, is) = (&before.check, &after.check);
    let is_said_by_rungs = before.sights.is_some()
        && !is_control(after)
        && kinds(before) == kinds(after)
        && [was, is].iter().any(|check| check.observed_route == ObservedRoute::None);
    if was.addresses.is_empty() && is.addresses.is_empty() || is_said_by_rungs && was.addresses == is.addresses {
        return None;
    }
    if was.observed_route != is.observed_route && !is_untold(runs, before, after) {
        let newly_viewed = runs.after.viewed && !runs.before.viewed;
        return Some(detail(
            What::Route,
            words::way(before),
            words::way(after),
            words::moved(before, after, newly_viewed),
        ));
    }
    let told = |what, meaning| Some(detail(what, words::way(before), words::way(after), meaning));
    let (had, has): (BTreeSet<Class>, BTreeSet<Class>) = (kinds(before), kinds(after));
    if had != has {
        let meaning = match (had.contains(&Class::Private), has.contains(&Class::Private)) {
            _ if has.is_empty() => "the name has no address any more",
            _ if had.is_empty() => "the name has an address now",
            (false, true) => "the name leads to private addresses now",
            (true, false) => "the name leads to no private address any more",
            _ => "the name leads to addresses of other kinds",
        };
        return told(What::Addresses, meaning);
    }
    let is_private = has.iter().all(|kind| *kind == Class::Private) && is.observed_route != ObservedRoute::Public;
    let is_known = before.sights.is_some() || is.observed_route == ObservedRoute::Private;
    if !(is_private && is_known && runs.stand_together()) || was.addresses == is.addresses {
        return None;
    }
    let holds = |all: &[std::net::IpAddr], part: &[std::net::IpAddr]| part.iter().all(|ip| all.contains(ip));
    let meaning = match (holds(&was.addresses, &is.addresses), holds(&is.addresses, &was.addresses)) {
        (true, _) => "an address is gone: the endpoint answers in fewer zones",
        (_, true) => "an address more: the endpoint answers in more zones",
        _ => "other addresses: the endpoint was made anew, or it is another one",
    };
    told(What::Addresses, meaning)
}

/// Whether the route is another one only because one of the runs asked no public host: then S3's can't be told.
pub(super) fn is_untold(runs: &Runs<'_>, before: &Seen, after: &Seen) -> bool {
    let is_blind = |run: &Run, seen: &Seen| {
        seen.check.observed_route == ObservedRoute::S3Undetermined && !run.checks.iter().any(tells_of_the_way_out)
    };
    let is_same = |seen: &Seen| matches!(seen.check.observed_route, ObservedRoute::Gateway | ObservedRoute::Public);
    is_blind(runs.before, before) && is_same(after) || is_same(before) && is_blind(runs.after, after)
}

fn tells_of_the_way_out(seen: &Seen) -> bool {
    seen.check.observed_route == ObservedRoute::Public || is_control(seen) && seen.check.status != CheckStatus::NotRun
}

fn kinds(seen: &Seen) -> BTreeSet<Class> {
    crate::order::set(seen.check.addresses.iter().filter_map(|ip| seen.class(*ip)))
}

/// Rungs that broke or healed, wholly or in part. What was not climbed to on one side is not held against the other.
fn rungs(before: &Sights, after: &Sights) -> Vec<Detail> {
    let mut details = Vec::new();
    for (rung, (was, is)) in RUNGS.into_iter().zip(before.rungs.iter().zip(&after.rungs)) {
        let (Some(from), Some(to)) = (level(was), level(is)) else { continue };
        let meaning = match (from, to) {
            _ if from == to => continue,
            (_, Level::Nobody) => "this rung broke",
            (Level::All, _) => "this rung broke in part",
            (_, Level::All) => "this rung healed",
            _ => "this rung healed in part",
        };
        let told = detail(What::Rung, words::tries(was), words::tries(is), meaning);
        details.push(Detail { rung: Some(rung), ..told });
    }
    details
}

/// Whether any rung answers less than it did.
pub(super) fn sank(before: &Seen, after: &Seen) -> bool {
    let (Some(before), Some(after)) = (&before.sights, &after.sights) else { return false };
    before.rungs.iter().zip(&after.rungs).any(|(was, is)| level(is).is_some() && level(was) > level(is))
}

/// How much of a rung answers.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Level {
    Nobody,
    Some,
    All,
}

fn level(tries: &Tries) -> Option<Level> {
    match (tries.good, tries.bad) {
        (0, 0) => None,
        (0, _) => Some(Level::Nobody),
        (_, 0) => Some(Level::All),
        _ => Some(Level::Some),
    }
}

fn issuers(before: &BTreeSet<Issuer>, after: &BTreeSet<Issuer>) -> Option<Detail> {
    let (was, is) = (before.last()?, after.last()?);
    if before == after {
        return None;
    }
    let roots = |issuers: &BTreeSet<Issuer>| crate::order::set(issuers.iter().map(|issuer| issuer.root.clone()));
    let meaning = match (was.trust, is.trust) {
        (Trust::Public, Trust::Bundle) => "the chain ends in the CA bundle alone now: a proxy inspects TLS",
        (Trust::Public | Trust::Bundle, Trust::Nothing) => "the chain ends in no known root any more",
        (Trust::Bundle | Trust::Nothing, Trust::Public) => "the chain ends in a public root now",
        (Trust::Nothing, Trust::Bundle) => "the chain ends in the CA bundle now",
        _ if roots(before) == roots(after) => "another issuer under the same root, which is routine",
        _ => "another root; the chain is as good as before",
    };
    let told = |issuers: &BTreeSet<Issuer>| {
        let leaves = crate::order::set(issuers.iter().map(|issuer| issuer.leaf.as_str()));
        words::list(&leaves.into_iter().map(str::to_owned).collect::<Vec<_>>())
    };
    Some(detail(What::Issuer, told(before), told(after), meaning))
}

fn codes(before: &BTreeSet<u16>, after: &BTreeSet<u16>) -> Option<Detail> {
    let told = |codes: &BTreeSet<u16>| codes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let is_other = before != after && !before.is_empty() && !after.is_empty();
    is_other.then(|| detail(What::Answer, told(before), told(after), "it answers with another status code"))
}

/// Whether a time is another one, and no noise.
pub(super) fn is_beyond_noise(one: u64, other: u64) -> bool {
    let (fast, slow) = (one.min(other), one.max(other));
    slow > fast.saturating_mul(NOISE_TIMES) && slow - fast > NOISE_MS
}

fn times(rung: Rung, before: &Tries, after: &Tries) -> Option<Detail> {
    let (was, is) = (before.fastest_ms?, after.fastest_ms?);
    is_beyond_noise(was, is).then(|| Detail {
        rung: Some(rung),
        before_ms: Some(was),
        after_ms: Some(is),
        ..detail(What::Time, time(was), time(is), if is > was { "slower" } else { "faster" })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_another_one_beyond_noise_only() {
        let table = [
            (0, 0, false),
            (0, 50, false),
            (0, 51, true),
            (2, 40, false),
            (25, 76, true),
            (100, 299, false),
            (100, 301, true),
            (301, 100, true),
            (u64::MAX, u64::MAX, false),
        ];
        for (one, other, expected) in table {
            assert_eq!(is_beyond_noise(one, other), expected, "{one} and {other}");
        }
    }

    #[test]
    fn a_rung_sinks_by_what_answered_before_alone() {
        let tries = |good, bad| Tries { good, bad, ..Tries::default() };
        let seen = |tries: Tries| Sights {
            rungs: [Tries::default(), tries, Tries::default(), Tries::default()],
            ..Sights::default()
        };
        let table = [
            (tries(2, 0), tries(2, 0), None),
            (tries(1, 0), tries(2, 0), None),
            (tries(2, 0), tries(1, 1), Some("this rung broke in part")),
            (tries(2, 0), tries(0, 2), Some("this rung broke")),
            (tries(0, 2), tries(2, 0), Some("this rung healed")),
            (tries(0, 2), tries(1, 1), Some("this rung healed in part")),
            (tries(2, 0), tries(0, 0), None),
            (tries(0, 0), tries(0, 2), None),
        ];
        for (before, after, expected) in table {
            let told = rungs(&seen(before.clone()), &seen(after.clone()));
            assert_eq!(told.first().map(|detail| detail.meaning.as_str()), expected, "{before:?} {after:?}");
        }
    }
}
