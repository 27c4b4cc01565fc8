//! A finding in the making: who is hit and what shows it come from the troubles, the words from the rule.

use std::collections::HashSet;

use super::case::{Case, View};
use super::ledger::Trouble;
use super::{Certainty, Finding, FindingId, Fix, Severity, ecs_error};
use crate::observation::{Observation, ObservationId};
use crate::plan::CheckId;

/// A finding in the making.
#[derive(Debug)]
#[must_use]
pub struct Draft<'c> {
    case: &'c Case<'c>,
    finding: Finding,
}

impl<'c> Draft<'c> {
    /// A finding that explains these troubles: an error where a required check fails by one of them.
    pub fn new(id: FindingId, case: &'c Case<'c>, taken: &[Trouble<'c>]) -> Self {
        let finding = Finding {
            id,
            severity: taken.iter().map(Trouble::severity).min().unwrap_or(Severity::Info),
            certainty: Certainty::Certain,
            purposes: Vec::new(),
            checks: Vec::new(),
            evidence: Vec::new(),
            summary: String::new(),
            meaning: String::new(),
            fix: Vec::new(),
            alternatives: Vec::new(),
            tell_apart: None,
            ecs_error: ecs_error::of(&case.plan.replay.platform, taken),
            compared: None,
            hides: Vec::new(),
            culprit: None,
            also: Vec::new(),
        };
        let mut draft = Self { case, finding };
        for trouble in taken {
            draft = draft.about(trouble.view, trouble.evidence.iter().copied());
        }
        draft
    }

    /// A check that it hits as well, and what shows that.
    pub fn about(mut self, view: &View<'_>, evidence: impl IntoIterator<Item = &'c Observation>) -> Self {
        self.finding.checks.push(view.check.id.clone());
        self.finding.purposes.push(view.check.purpose);
        self.shown_by(evidence)
    }

    /// Further observations that show it.
    pub fn shown_by(mut self, evidence: impl IntoIterator<Item = &'c Observation>) -> Self {
        self.finding.evidence.extend(evidence.into_iter().map(|seen| seen.id.clone()));
        self
    }

    /// How bad it is, where the troubles do not say.
    pub fn severity(mut self, severity: Severity) -> Self {
        self.finding.severity = severity;
        self
    }

    /// At least a warning, even where nothing fails by it yet.
    pub fn at_least_warning(mut self) -> Self {
        self.finding.severity = self.finding.severity.min(Severity::Warning);
        self
    }

    /// Not certain: the usual cause of this evidence, and what else gives it.
    pub fn likely(mut self, alternatives: impl IntoIterator<Item = FindingId>) -> Self {
        self.finding.certainty = Certainty::Likely;
        self.finding.alternatives = alternatives.into_iter().collect();
        self
    }

    /// Not even likely: one of several causes, and the others.
    pub fn possible(self, alternatives: impl IntoIterator<Item = FindingId>) -> Self {
        let mut draft = self.likely(alternatives);
        draft.finding.certainty = Certainty::Possible;
        draft
    }

    /// What was seen.
    pub fn summary(mut self, sentence: impl Into<String>) -> Self {
        self.finding.summary = sentence.into();
        self
    }

    /// What that means.
    pub fn meaning(mut self, sentence: impl Into<String>) -> Self {
        self.finding.meaning = sentence.into();
        self
    }

    /// The next thing to do.
    pub fn fix(mut self, fix: Fix) -> Self {
        self.finding.fix.push(fix);
        self
    }

    /// The next things to do.
    pub fn fixes(mut self, fixes: impl IntoIterator<Item = Fix>) -> Self {
        self.finding.fix.extend(fixes);
        self
    }

    /// How to tell the alternatives apart.
    pub fn tell_apart(mut self, sentence: impl Into<String>) -> Self {
        self.finding.tell_apart = Some(sentence.into());
        self
    }

    /// What the comparison with others showed.
    pub fn compared(mut self, sentence: impl Into<String>) -> Self {
        self.finding.compared = Some(sentence.into());
        self
    }

    /// The finding, with its checks in the plan's order and its evidence in that of the observations.
    pub fn finding(mut self) -> Finding {
        if !self.stops_a_task() {
            self.finding.ecs_error = None;
        }
        let named: HashSet<CheckId> = self.finding.checks.drain(..).collect();
        let order = self.case.plan.checks.iter().map(|check| &check.id);
        self.finding.checks = order.filter(|id| named.contains(id)).cloned().collect();
        crate::order::naturally(&mut self.finding.purposes);
        self.finding.purposes.dedup();
        let shown: HashSet<ObservationId> = self.finding.evidence.drain(..).collect();
        let order = self.case.observations.iter().map(|seen| &seen.id);
        self.finding.evidence = order.filter(|id| shown.contains(id)).cloned().collect();
        self.finding
    }

    /// Whether ECS would print anything of it: it stops no task for less than an error, and runs none outside a VPC.
    fn stops_a_task(&self) -> bool {
        match self.finding.severity {
            Severity::Error => self.case.plan.place.inside_vpc,
            Severity::Warning | Severity::Info => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnosis::testing::judge;

    #[test]
    fn ecs_prints_something_only_where_a_task_is_stopped() {
        let table = [
            ("an error", "ecr.api dns=nxdomain", true),
            ("a warning", "sts optional dns=nxdomain", false),
            ("a warning about what the start needs", "ecr.api cfg=silent cfg2=10.0.1.5 vpc=10.0.1.5", false),
            ("no task runs outside a VPC", "place outside\necr.api dns=nxdomain", false),
            ("nor does its pull fail there", "place outside\ns3 dns=52.219.1.1 52.219.1.1=silent", false),
        ];
        for (about, scene, is_said) in table {
            let findings = judge(scene).findings;
            assert!(!findings.is_empty(), "{about}");
            assert_eq!(findings.iter().any(|finding| finding.ecs_error.is_some()), is_said, "{about}: {findings:#?}");
        }
    }
}
