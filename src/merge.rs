//! Several runs as one: a table of subnets and purposes, and every finding once with the runs that it holds for.
//!
//! A run is known by its report, by its exit code alone, or by the reason for which it never started.

mod checks;
mod cut_over;
mod fold;
mod given;
mod headline;
mod names;
mod point;
mod runs;
mod same;
pub mod schema;
pub mod text;

use std::collections::{BTreeMap, HashMap};

use schemars::JsonSchema;
use serde::Serialize;

use crate::diagnosis::{
    Certainty, CheckResult, CheckStatus, Culprit, Ended, Finding, FindingId, Fix, ObservedRoute, Severity, Summary,
    Verdict,
};
use crate::explain::Cause;
use crate::inputs::Vantage;
use crate::observation::ObservationId;
use crate::plan::{CheckId, Purpose};
use crate::report::{NetworkView, Report, SCHEMA_VERSION, Tool};

pub use checks::{RunCheck, checks};
pub use cut_over::{EachCutOver, MergedCutOver};
pub use given::{Given, Known, exit_code, not_started, report};

/// What several runs come to together.
#[derive(Clone, Debug, JsonSchema, PartialEq, Serialize)]
pub struct Merged {
    /// Grows only by addition while it stays the same.
    pub schema_version: u32,
    /// That this is no report of one run.
    pub kind: Kind,
    /// What put the runs together.
    pub tool: Tool,
    /// That of the run which decides.
    pub verdict: Verdict,
    /// The worst of the runs': of several failures the one that the task start meets first.
    pub exit_code: u8,
    /// One sentence.
    pub headline: String,
    /// Every run, those with a report first.
    pub runs: Vec<Run>,
    /// Every cause once, in the order in which mending them helps.
    pub findings: Vec<MergedFinding>,
    /// What becomes of each service when the default routes go; only of runs where a way out is in place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cut_over: Vec<MergedCutOver>,
    /// The operator's view of the VPC by which the runs were judged, where one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkView>,
    /// What else the reader must know before the runs are compared.
    pub notes: Vec<String>,
}

/// What kind of document it is.
#[derive(Clone, Copy, Debug, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Several runs as one.
    Merged,
}

/// One run: a row of the table.
#[derive(Clone, Debug, JsonSchema, PartialEq, Serialize)]
pub struct Run {
    /// What it is called here.
    pub name: String,
    /// pass, fail or inconclusive.
    pub verdict: Verdict,
    /// None where it never started. A code that is none of a report's counts as 71.
    pub exit_code: Option<i64>,
    /// One sentence: the report's, or what is known instead of one.
    pub headline: String,
    /// The report's own name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_id: Option<String>,
    /// RFC 3339, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<String>,
    /// The whole run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub took_ms: Option<u64>,
    /// How it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
    /// Where it stood.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vantage: Option<Vantage>,
    /// Counts of its checks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<Summary>,
    /// The state of each step of the task start, as far as it is known.
    pub purposes: BTreeMap<Purpose, CheckStatus>,
    /// By what the steps fail that do.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fails: BTreeMap<Purpose, Failing>,
    /// What it saw of each check, where there is a report.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<RunCheck>,
    /// What its exit code says, where there is no report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_code_only: Option<ExitCodeOnly>,
    /// Why it never started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_started: Option<NotStarted>,
}

/// By what a step of the task start fails.
#[derive(Clone, Debug, JsonSchema, PartialEq, Serialize)]
pub struct Failing {
    /// The finding on the lowest rung, where there is a report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding: Option<FindingId>,
    /// The last digit of the exit code that this failure has.
    pub exit_digit: u8,
}

/// All that is known of a run whose report is not at hand.
#[derive(Clone, Debug, JsonSchema, PartialEq, Serialize)]
pub struct ExitCodeOnly {
    /// What the code means.
    pub meaning: String,
    /// The findings that give it.
    pub findings: Vec<Cause>,
    /// Runs with a report that end with the same code: what they found may hold here as well.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub same_code_as: Vec<String>,
    /// What to do next.
    pub next: String,
}

/// A run that never started, as its stop reason tells.
#[derive(Clone, Debug, JsonSchema, PartialEq, Serialize)]
pub struct NotStarted {
    /// The stop reason, cut and cleaned.
    pub text: String,
    /// Whether it is one that is known.
    pub known: bool,
    /// The phase of the task start, `P0` to `P8`.
    pub phase: String,
    /// What the platform does in it.
    pub step: String,
    /// What the text means.
    pub meaning: String,
    /// Whether a network probe can see the cause at all.
    pub probe_sees_it: bool,
    /// The likely findings, most likely first.
    pub findings: Vec<Cause>,
    /// What to do, most likely first.
    pub fix: Vec<Fix>,
}

/// A finding, and the runs that it holds for.
#[derive(Clone, Debug, JsonSchema, PartialEq, Serialize)]
pub struct MergedFinding {
    /// From the closed list.
    pub id: FindingId,
    /// Whether a required check fails by it.
    pub severity: Severity,
    /// How far the evidence carries.
    pub certainty: Certainty,
    /// The steps of the task start that it hits.
    pub purposes: Vec<Purpose>,
    /// The checks that it explains.
    pub checks: Vec<CheckId>,
    /// The runs that it holds for.
    pub runs: Vec<String>,
    /// What the first of them saw.
    pub summary: String,
    /// What that means.
    pub meaning: String,
    /// Where to look first, as the runs show it together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points_at: Option<String>,
    /// What to do, in order.
    pub fix: Vec<Step>,
    /// Findings that it can't be told from inside the VPC.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<FindingId>,
    /// How to tell them apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tell_apart: Option<String>,
    /// The stop reason that ECS would have printed, for the first of the runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ecs_error: Option<String>,
    /// What the comparison with others showed: one sentence, the first run's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compared: Option<String>,
    /// Checks that can't be judged until this is mended.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hides: Vec<CheckId>,
    /// The piece of configuration that is to blame; only where the operator's view of the VPC was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub culprit: Option<Culprit>,
    /// What else of the configuration stands in the same way: mending the culprit alone does not help.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Culprit>,
    /// What each run saw of it.
    pub each: Vec<Each>,
}

/// One step of a fix.
#[derive(Clone, Debug, JsonSchema, PartialEq, Serialize)]
pub struct Step {
    /// Which step it is, from 1: those of one number do the same, each for its own runs.
    pub number: usize,
    /// What to do, and the command that does it.
    #[serde(flatten)]
    pub fix: Fix,
    /// The runs that it is for; none where it is the same for all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub runs: Vec<String>,
}

/// What one run saw of a finding.
#[derive(Clone, Debug, JsonSchema, PartialEq, Serialize)]
pub struct Each {
    /// The run.
    pub run: String,
    /// What was seen.
    pub summary: String,
    /// What that means, where it is not the first one's word for word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meaning: Option<String>,
    /// What only this run says of how to tell the alternatives apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tell_apart: Option<String>,
    /// The observations of this run's report that show it.
    pub evidence: Vec<ObservationId>,
}

/// A run's report under its name.
#[derive(Clone, Copy, Debug)]
struct Named<'r> {
    name: &'r str,
    report: &'r Report,
}

/// Put the runs together, or say in one sentence why they can't be.
pub fn merge(given: &[Given]) -> Result<Merged, String> {
    names::all_different_runs(given)?;
    let names = names::names(given)?;
    let reports: Vec<Named<'_>> = names
        .iter()
        .zip(given)
        .filter_map(|(name, given)| match &given.known {
            Known::Report(report) => Some(Named { name, report }),
            Known::ExitCode(_) | Known::NotStarted(_) => None,
        })
        .collect();
    let mut runs: Vec<Run> = names.iter().zip(given).map(|(name, given)| runs::run(name, &given.known)).collect();
    runs::liken(&mut runs);
    let nouns = headline::Nouns::of(&runs);
    let exit_code = headline::exit_code(&runs);
    Ok(Merged {
        schema_version: SCHEMA_VERSION,
        kind: Kind::Merged,
        tool: Tool::this(),
        verdict: headline::verdict(exit_code),
        exit_code,
        headline: headline::headline(&runs, exit_code, nouns),
        findings: fold::fold(&reports, headline::Whole { nouns, runs: runs.len() }),
        cut_over: cut_over::cut_over(&reports),
        network: reports.iter().find_map(|named| named.report.network.clone()),
        notes: names::notes(&reports, given, nouns),
        runs,
    })
}

/// The merged runs as a JSON document.
pub fn json(merged: &Merged) -> String {
    crate::report::json::document(merged)
}

/// Whether the checks of a finding were all made by a run from end to end, each to the same host, and all passed.
fn passes(run: Named<'_>, finding: &Finding, seen_by: Named<'_>) -> bool {
    let (here, there) = (by_id(run), by_id(seen_by));
    let passes_one = |id: &CheckId| match (here.get(id), there.get(id)) {
        (Some(here), Some(there)) => here.status == CheckStatus::Pass && here.host == there.host,
        _ => false,
    };
    !finding.checks.is_empty() && finding.checks.iter().all(passes_one)
}

fn by_id(run: Named<'_>) -> HashMap<&CheckId, &CheckResult> {
    run.report.checks.iter().map(|check| (&check.id, check)).collect()
}

/// Whether a run reached all that a finding is about by this route.
fn goes_by(route: ObservedRoute, run: Named<'_>, finding: &Finding) -> bool {
    let checks = by_id(run);
    finding.checks.iter().filter_map(|id| checks.get(id)).all(|check| check.observed_route == route)
}
