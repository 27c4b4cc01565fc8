//! One self-contained page for a browser: verdict, causes with their fixes, the paths as drawings, the times, and
//! everything that was examined. No script, and nothing fetched from anywhere.

mod checks;
mod evidence;
mod findings;
mod frame;
mod markup;
mod path;
mod steps;
mod watch;
mod waterfall;

use std::collections::HashMap;

use super::Report;
use super::text::cells::{ByCheck, by_check};
use super::text::steps::is_step;
use super::text::table;
use crate::diagnosis::{CheckResult, Finding, Severity};
use crate::observation::{Observation, ObservationId};
use crate::plan::CheckId;
use markup::Markup;

/// The report, and what all parts of the page look up in it.
struct Context<'r> {
    report: &'r Report,
    seen: ByCheck<'r>,
    observations: HashMap<&'r ObservationId, &'r Observation>,
    /// The names that were climbed to.
    rows: Vec<table::Row<'r>>,
    /// The number, from 1, of the first cause that names a check.
    causes: HashMap<&'r CheckId, usize>,
    /// The steps of the task start, by the host that they go to.
    steps: HashMap<(&'r str, u16), Vec<&'r CheckResult>>,
}

/// Render it.
pub fn render(report: &Report) -> String {
    let context = Context::of(report);
    let mut page = Markup::default();
    frame::head(&mut page, report);
    findings::causes(&mut page, &context);
    path::write(&mut page, &context);
    steps::write(&mut page, &context);
    watch::write(&mut page, report);
    waterfall::write(&mut page, &context);
    checks::write(&mut page, &context);
    checks::cut_over(&mut page, report);
    findings::infos(&mut page, &context);
    frame::foot(&mut page, report);
    page.into_text()
}

impl<'r> Context<'r> {
    fn of(report: &'r Report) -> Self {
        let seen = by_check(report);
        let rows = table::rows(report, &seen, "→");
        let observations = report.observations.iter().map(|seen| (&seen.id, seen)).collect();
        let mut steps: HashMap<_, Vec<_>> = HashMap::new();
        let is_step = |check: &&CheckResult| is_step(check, seen.get(&check.id).map_or(&[], Vec::as_slice));
        for check in report.checks.iter().filter(is_step) {
            steps.entry((check.host.as_str(), check.port)).or_default().push(check);
        }
        let mut context = Self { report, seen, observations, rows, causes: HashMap::new(), steps };
        for (index, finding) in report.findings.iter().filter(|finding| is_cause(finding)).enumerate() {
            for check in &finding.checks {
                context.causes.entry(check).or_insert(index + 1);
            }
        }
        context
    }

    /// What breaks a task start or may break it, in the order of its numbers.
    fn named(&self) -> impl Iterator<Item = &'r Finding> {
        self.report.findings.iter().filter(|finding| is_cause(finding))
    }

    fn seen(&self, check: &CheckId) -> &[&'r Observation] {
        self.seen.get(check).map_or(&[], Vec::as_slice)
    }
}

fn is_cause(finding: &Finding) -> bool {
    finding.severity != Severity::Info
}
