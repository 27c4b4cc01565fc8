//! What a step wrote down so far.

use crate::observation::{Held, Outcome, Response, Rung, Seen, StepPart, Told, Why};
use crate::probe::attempt::Attempt;

/// A step's requests in their order.
#[derive(Default)]
pub(super) struct Log(Vec<Attempt>);

impl Log {
    pub(super) fn push(&mut self, attempt: Attempt) {
        self.0.push(attempt);
    }

    /// A request that is not made, and why.
    pub(super) fn not_tried(&mut self, part: StepPart, why: Why) {
        self.push(Attempt { step: Some(part), ..Attempt::new(Rung::Exchange) }.not_tried(why));
    }

    /// What the last answer held.
    pub(super) fn held(&mut self, held: Held) {
        if let Some(response) = self.last() {
            response.held = Some(held);
        }
    }

    /// What the last answer says.
    pub(super) fn told(&mut self, told: Told) {
        if let Some(response) = self.last() {
            response.told = Some(told);
        }
    }

    /// The last answer can't be used.
    pub(super) fn unusable(&mut self, why: impl Into<String>) {
        self.held(Held::Unusable { why: why.into() });
    }

    fn last(&mut self) -> Option<&mut Response> {
        match &mut self.0.last_mut()?.outcome {
            Outcome::Saw { seen: Seen::Response(response) } => Some(response),
            Outcome::Saw { .. } | Outcome::Failed { .. } | Outcome::NotTried { .. } => None,
        }
    }

    /// Why the last request was not made, where it was not.
    pub(super) fn why_not(&self) -> Option<Why> {
        match self.0.last()?.outcome {
            Outcome::NotTried { why } => Some(why),
            Outcome::Saw { .. } | Outcome::Failed { .. } => None,
        }
    }

    /// The last request was a second try of the one before it.
    pub(super) fn second_try(&mut self) {
        if let Some(last) = self.0.last_mut() {
            last.attempt = 2;
        }
    }

    pub(super) fn append(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    pub(super) fn into_attempts(self) -> Vec<Attempt> {
        self.0
    }
}
