//! What was seen, arranged for the rules to ask.

use crate::observation::Observation;
use crate::plan::Plan;

/// A plan and what was seen of it.
pub struct Case<'a> {
    /// What was to be examined.
    pub plan: &'a Plan,
    /// What was seen.
    pub observations: &'a [Observation],
}

impl<'a> Case<'a> {
    /// Arrange what was seen.
    pub fn new(plan: &'a Plan, observations: &'a [Observation]) -> Self {
        Self { plan, observations }
    }
}
