//! Findings that are new, still there, or gone.

use std::collections::{HashMap, HashSet};

use super::check::{Runs, sank, worked};
use super::pair::{Pair, names};
use super::side::{Found, Seen};
use super::{FindingChange, FindingState};
use crate::diagnosis::{CheckStatus, FindingId, Severity};
use crate::plan::CheckId;

/// Every finding of the two runs.
pub(super) fn findings(runs: &Runs<'_>, pairs: &[Pair<'_, Seen>]) -> Vec<FindingChange> {
    let stand = Stand::of(pairs);
    let mut left: HashSet<usize> = (0..runs.before.findings.len()).collect();
    let known = by_check(&runs.before.findings, &names(pairs));
    let mut changes = Vec::new();
    for found in &runs.after.findings {
        let keys: Vec<_> = keys(found).collect();
        let same = keys.iter().find_map(|key| known.get(key)?.iter().copied().find(|at| left.contains(at)));
        let Some(same) = same else {
            changes.push(new(runs, &stand, found));
            continue;
        };
        left.remove(&same);
        let was = runs.before.findings[same].severity;
        let is_worse = found.severity == Severity::Error && was != Severity::Error;
        let regression = is_worse || is_strict(runs, found) && found.severity < was;
        let severity_before = Some(was).filter(|was| *was != found.severity);
        changes.push(FindingChange { severity_before, regression, ..told(FindingState::Still, found) });
    }
    let gone = runs.before.findings.iter().enumerate().filter(|(at, _)| left.contains(at));
    changes.extend(gone.map(|(_, found)| gone_or_unseen(&stand, found)));
    changes
}

/// A warning counts where it fails the run.
fn is_strict(runs: &Runs<'_>, found: &Found) -> bool {
    found.severity == Severity::Warning && runs.after.is_strict
}

/// Findings are the same where they say the same of one check at least.
type Key<'d> = (FindingId, Option<&'d CheckId>);

fn keys(found: &Found) -> impl Iterator<Item = Key<'_>> {
    let whole = found.checks.is_empty().then_some((found.id, None));
    found.checks.iter().map(|check| (found.id, Some(check))).chain(whole)
}

/// Where BEFORE's findings are, by the names that their checks have in AFTER.
fn by_check<'d>(found: &'d [Found], names: &HashMap<&'d CheckId, &'d CheckId>) -> HashMap<Key<'d>, Vec<usize>> {
    let mut known: HashMap<Key<'d>, Vec<usize>> = HashMap::new();
    for (at, found) in found.iter().enumerate() {
        for (id, check) in keys(found) {
            let check = check.map(|check| names.get(check).copied().unwrap_or(check));
            known.entry((id, check)).or_default().push(at);
        }
    }
    known
}

/// What each check of one side was on the other.
struct Stand<'d> {
    by_after: HashMap<&'d CheckId, &'d Pair<'d, Seen>>,
    by_before: HashMap<&'d CheckId, &'d Pair<'d, Seen>>,
}

impl<'d> Stand<'d> {
    fn of(pairs: &'d [Pair<'d, Seen>]) -> Self {
        let after = pairs.iter().filter_map(|pair| Some((&pair.1?.check.id, pair)));
        let before = pairs.iter().filter_map(|pair| Some((&pair.0?.check.id, pair)));
        Self { by_after: after.collect(), by_before: before.collect() }
    }
}

fn was_looked_at(seen: &Seen) -> bool {
    seen.check.status != CheckStatus::NotRun
}

fn new(runs: &Runs<'_>, stand: &Stand<'_>, found: &Found) -> FindingChange {
    let counts = found.severity == Severity::Error || is_strict(runs, found);
    let pairs: Vec<_> = found.checks.iter().filter_map(|check| stand.by_after.get(check)).collect();
    let both: Vec<(&Seen, &Seen)> = pairs.iter().filter_map(|(before, after)| Some(((*before)?, (*after)?))).collect();
    let seen_before = both.iter().filter(|(before, _)| was_looked_at(before));
    // Without a list of checks, or of none, nothing says that it was there before.
    let is_blind = runs.before.checks.is_empty() || found.checks.is_empty();
    if !is_blind && seen_before.clone().next().is_none() {
        let why = Some("what it is about was not looked at before".to_owned());
        return FindingChange { why, ..told(FindingState::NotCompared, found) };
    }
    // What failed already may fail by another cause, as long as it gets as far as it did.
    let is_worse = is_blind || seen_before.clone().any(|(before, after)| worked(before) || sank(before, after));
    FindingChange { regression: counts && is_worse, ..told(FindingState::New, found) }
}

fn gone_or_unseen(stand: &Stand<'_>, found: &Found) -> FindingChange {
    let mut after = found.checks.iter().filter_map(|check| stand.by_before.get(check)).map(|pair| pair.1).peekable();
    let is_unseen = after.peek().is_some() && !after.any(|seen| seen.is_some_and(was_looked_at));
    if is_unseen {
        let why = Some("what it is about was not looked at after".to_owned());
        return FindingChange { why, ..told(FindingState::NotCompared, found) };
    }
    told(FindingState::Gone, found)
}

fn told(state: FindingState, found: &Found) -> FindingChange {
    FindingChange {
        state,
        id: found.id,
        severity: found.severity,
        severity_before: None,
        runs: Vec::new(),
        checks: found.checks.clone(),
        summary: found.summary.clone(),
        regression: false,
        why: None,
    }
}
