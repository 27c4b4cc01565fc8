//! What went wrong with the requests of a replayed step. What was not tried because of the ladder is the ladder's trouble.

use super::{Stage, Trouble};
use crate::diagnosis::case::{Attempt, Case, View};
use crate::diagnosis::reading::{self, Missing, Reading};
use crate::observation::{Held, Part};
use crate::plan::Deed;

/// The troubles of one step: a request each, and one for all that was slow.
pub fn troubles<'c>(case: &'c Case<'c>, view: &'c View<'c>) -> Vec<Trouble<'c>> {
    let mut troubles = Vec::new();
    for (at, attempt) in view.attempts.iter().enumerate() {
        let fault = attempt.network_fault();
        let is_trouble = fault.is_some() || is_misread(view, attempt);
        if is_trouble && !is_told_better(view, at) {
            troubles.push(Trouble { view, stage: Stage::Step, fault, evidence: vec![attempt.last], bears: true });
        }
    }
    let evidence: Vec<_> = view.attempts.iter().flat_map(|attempt| late(case, attempt)).collect();
    if !evidence.is_empty() {
        troubles.push(Trouble { view, stage: Stage::Slow, fault: None, evidence, bears: true });
    }
    troubles
}

fn is_misread(view: &View<'_>, attempt: &Attempt<'_>) -> bool {
    let Some(reading) = reading::read(view.check, attempt.last) else { return false };
    let is_look_up = attempt.last.step.as_ref().is_some_and(|step| reading::is_look_up(step.part));
    match reading {
        Reading::Good => false,
        // The platform never looks anything up, so its role need not be allowed to.
        Reading::Denied(_) => !is_look_up,
        // The driver creates it.
        Reading::NotFound(Missing::LogGroup) => !creates_group(view),
        Reading::Unauthorized
        | Reading::Rejected(_)
        | Reading::ClockOff
        | Reading::NotFound(_)
        | Reading::NoPlatform(_)
        | Reading::Throttled
        | Reading::Failing
        | Reading::Foreign(_)
        | Reading::Unusable(_)
        | Reading::Corrupt(_)
        | Reading::Stalled
        | Reading::Unknown => true,
    }
}

/// Whether the log driver makes the group where it is missing.
pub fn creates_group(view: &View<'_>) -> bool {
    match view.check.step.as_ref().map(|step| &step.deed) {
        Some(Deed::LogStream(group)) => group.create,
        Some(
            Deed::Identity
            | Deed::Secret(_)
            | Deed::EnvironmentFile(_)
            | Deed::Token
            | Deed::Manifest(_)
            | Deed::Layers(_),
        )
        | None => false,
    }
}

/// An answer to HEAD has no words: where the manifest is asked for by GET next, that tells it. 405 sends every client there.
fn is_told_better(view: &View<'_>, at: usize) -> bool {
    let part = |at: usize| view.attempts.get(at).and_then(|attempt| attempt.last.step.as_ref()).map(|step| step.part);
    if part(at) != Some(Part::ManifestHead) || part(at + 1) != Some(Part::Manifest) {
        return false;
    }
    let (Some(head), Some(next)) = (view.attempts.get(at), view.attempts.get(at + 1)) else { return false };
    let is_not_offered = head.last.response().is_some_and(|response| response.status == 405);
    next.last.response().is_some() && (is_not_offered || !reading::is_good(view, next.last))
}

/// Tries that were lost, and an answer that was late. How long a transfer takes is its size.
fn late<'c>(case: &Case<'_>, attempt: &Attempt<'c>) -> Vec<&'c crate::observation::Observation> {
    let mut late = attempt.lost();
    let is_transfer = |seen: &crate::observation::Observation| {
        seen.response().is_some_and(|response| matches!(response.held, Some(Held::Transfer(_))))
    };
    if attempt.last.seen().is_some() && !is_transfer(attempt.last) && attempt.last.took_ms > case.plan.limits.slow_ms {
        late.push(attempt.last);
    }
    late
}
