//! Findings taken apart by culprit, and put together by it.

use std::collections::HashSet;

use super::words;
use crate::diagnosis::case::{Case, Class};
use crate::diagnosis::draft::Draft;
use crate::diagnosis::ledger::Trouble;
use crate::diagnosis::{Finding, FindingId};
use crate::plan::{CheckId, Reach};

/// The part of a finding that is about these troubles, in words of its own.
pub fn part<'c>(case: &'c Case<'c>, whole: &Finding, taken: &[Trouble<'c>]) -> Finding {
    let shared: HashSet<_> = whole.evidence.iter().collect();
    let beside =
        case.observations.iter().filter(|seen| shared.contains(&seen.id) && !whole.checks.contains(&seen.check));
    let draft = Draft::new(id(case, whole.id, taken), case, taken).shown_by(beside).summary(words::summary(taken));
    let part = draft.finding();
    Finding {
        severity: part.severity.max(whole.severity),
        certainty: whole.certainty,
        meaning: whole.meaning.clone(),
        fix: whole.fix.clone(),
        alternatives: whole.alternatives.clone(),
        tell_apart: whole.tell_apart.clone(),
        ..part
    }
}

/// Not all that stays silent shares one cause: what is left of it is called by what it is about.
fn id(case: &Case<'_>, whole: FindingId, taken: &[Trouble<'_>]) -> FindingId {
    if !matches!(whole, FindingId::AllEndpointsSilent | FindingId::EndpointAddressSilent) {
        return whole;
    }
    let is_public = |trouble: &Trouble<'_>| trouble.is_silent_connect(Class::Public);
    let all_reach = |reach| taken.iter().all(|trouble| trouble.view.check.reach == reach);
    if taken.iter().all(is_public) {
        return match () {
            () if all_reach(Reach::GatewayOrInterface) => FindingId::LayersUnreachable,
            () if all_reach(Reach::Interface) => FindingId::EndpointNotInEffect,
            () if all_reach(Reach::Nothing) => FindingId::NoWayOut,
            () => whole,
        };
    }
    if whole == FindingId::EndpointAddressSilent {
        return whole;
    }
    let endpoints: HashSet<_> = taken.iter().filter(|trouble| !is_public(trouble)).map(|t| t.view.endpoint()).collect();
    if endpoints.len() < case.endpoints().len() { FindingId::EndpointSilent } else { whole }
}

/// Two findings with one culprit, under the name of the first.
pub fn union(case: &Case<'_>, first: &Finding, second: Finding, taken: &[Trouble<'_>]) -> Finding {
    let mut purposes = [first.purposes.as_slice(), &second.purposes].concat();
    crate::order::naturally(&mut purposes);
    purposes.dedup();
    let shown: HashSet<_> = first.evidence.iter().chain(&second.evidence).collect();
    let hit: HashSet<&CheckId> = first.checks.iter().chain(&second.checks).collect();
    let observations = case.observations.iter().map(|seen| &seen.id);
    let checks = case.plan.checks.iter().map(|check| &check.id);
    Finding {
        severity: first.severity.min(second.severity),
        purposes,
        checks: checks.filter(|id| hit.contains(id)).cloned().collect(),
        evidence: observations.filter(|id| shown.contains(id)).cloned().collect(),
        summary: if words::is_of_one_kind(taken) {
            words::summary(taken)
        } else {
            format!("{} {}", first.summary, second.summary)
        },
        ecs_error: first.ecs_error.clone().or(second.ecs_error),
        compared: first.compared.clone().or(second.compared),
        ..first.clone()
    }
}
