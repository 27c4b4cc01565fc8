//! From findings to each check's state, the verdict and the exit code.

mod headline;

use std::collections::HashSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::case::View;
use super::our_fault::OUR_BUG;
use super::{Case, Ended, Finding, Severity, cut_over, hides};
use crate::observation::{Observation, Outcome, Why};
use crate::plan::{CheckId, Plan, Purpose, Route, Rung};
use headline::headline;

/// What a run comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// The causes, in the order in which mending them helps.
    pub findings: Vec<Finding>,
    /// Every check's state, in the plan's order.
    pub checks: Vec<CheckResult>,
    /// Counts of those.
    pub summary: Summary,
    /// pass, fail or inconclusive.
    pub verdict: Verdict,
    /// What and where, in one number.
    pub exit_code: u8,
    /// One sentence.
    pub headline: String,
}

/// The one word.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every required check passed.
    Pass,
    /// At least one did not, or there are warnings under `--strict`.
    Fail,
    /// We could not look.
    Inconclusive,
}

/// One check as the report shows it.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct CheckResult {
    /// Stable: the service's id, `HOST:PORT`, `control:HOST` or `own-name`.
    pub id: CheckId,
    /// Which step of the task start needs it.
    pub purpose: Purpose,
    /// The catalog's service, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The host.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Whether the task start fails without it.
    pub required: bool,
    /// The route that was asserted.
    pub expected_route: Route,
    /// The route that was seen.
    pub observed_route: ObservedRoute,
    /// Its state.
    pub status: CheckStatus,
    /// The endpoint's service name, where a VPC endpoint can carry it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint_service: Option<String>,
    /// What the reader must know about this check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What becomes of it when the default route goes; only where a way out is in place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut_over: Option<CutOver>,
}

/// What becomes of a check when the default route goes.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct CutOver {
    /// survives, breaks or unknown.
    pub answer: CutOverAnswer,
    /// By what, or why that is not known.
    pub by: String,
}

/// What becomes of a check when the default route goes, in one word.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CutOverAnswer {
    /// It is reached by another way.
    Survives,
    /// Nothing else leads there.
    Breaks,
    /// That can't be told from what was seen.
    Unknown,
}

/// The route that the packets took, as far as it can be told from inside.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ObservedRoute {
    /// To private addresses.
    Private,
    /// S3 on public addresses while no other public host answers.
    Gateway,
    /// To public addresses, by a NAT or internet gateway.
    Public,
    /// S3 on public addresses, while another public host answers or none was asked.
    S3Undetermined,
    /// Nothing connected.
    None,
}

/// A check's state.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckStatus {
    /// All rungs were climbed on every address that counts.
    Pass,
    /// An error names it.
    Fail,
    /// A warning names it.
    Warn,
    /// It was not, or not wholly, looked at.
    NotRun,
}

/// Counts of checks.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Summary {
    /// All of them.
    pub checks: usize,
    /// Those that pass.
    pub passed: usize,
    /// Those that fail.
    pub failed: usize,
    /// Those with a warning.
    pub warned: usize,
    /// Those not looked at.
    pub not_run: usize,
}

/// Judge the case by its findings.
pub fn judge(case: &Case<'_>, findings: Vec<Finding>, ended: Ended) -> Judgement {
    let mut findings = sorted(case, findings);
    let checks: Vec<_> = case.views.iter().map(|view| result(case, view, &findings)).collect();
    hides::mark(case, &mut findings, &checks);
    let summary = count(case, &checks);
    let blind = is_blind(case) || is_left_without_a_cause(case, &findings);
    let verdict = verdict(case, &findings, blind, ended);
    let exit_code = exit_code(case, &findings, verdict, ended);
    let headline = headline(case, &findings, verdict, ended);
    Judgement { findings, checks, summary, verdict, exit_code, headline }
}

impl Judgement {
    /// Add a warning that other observations show than those that were judged.
    pub fn warn(&mut self, plan: &Plan, finding: Finding) {
        let warned = self.checks.iter_mut().filter(|check| check.status == CheckStatus::Pass);
        for check in warned.filter(|check| finding.checks.contains(&check.id)) {
            check.status = CheckStatus::Warn;
            self.summary.passed = self.summary.passed.saturating_sub(1);
            self.summary.warned += 1;
        }
        let behind = self.findings.iter().position(|known| known.severity > finding.severity);
        if self.verdict == Verdict::Pass && plan.strict {
            (self.verdict, self.exit_code) = (Verdict::Fail, ONLY_WARNINGS);
            self.headline = format!("nothing fails, and with --strict warnings do: {}", finding.summary);
        }
        self.findings.insert(behind.unwrap_or(self.findings.len()), finding);
    }
}

/// Errors in the order in which the task start meets them, lower rungs first; then warnings, then the rest.
pub fn sorted(case: &Case<'_>, mut findings: Vec<Finding>) -> Vec<Finding> {
    crate::order::by_key(&mut findings, |finding| (finding.severity, tens(case, finding), ones(case, finding)));
    findings
}

fn result(case: &Case<'_>, view: &View<'_>, findings: &[Finding]) -> CheckResult {
    let check = view.check;
    CheckResult {
        id: check.id.clone(),
        purpose: check.purpose,
        service: check.service.map(str::to_owned),
        host: check.host.clone(),
        port: check.port,
        required: check.required,
        expected_route: check.expect,
        observed_route: case.observed_route(view),
        status: status(case, view, findings),
        endpoint_service: check.endpoint_service.clone(),
        note: check.note.clone(),
        cut_over: cut_over::cut_over(case, view),
    }
}

fn status(case: &Case<'_>, view: &View<'_>, findings: &[Finding]) -> CheckStatus {
    let worst =
        findings.iter().filter(|finding| finding.checks.contains(&view.check.id)).map(|finding| finding.severity);
    match worst.min() {
        Some(Severity::Error) => CheckStatus::Fail,
        _ if view.is_incomplete(case.plan) || view.is_undone() => CheckStatus::NotRun,
        Some(Severity::Warning) => CheckStatus::Warn,
        Some(Severity::Info) | None => CheckStatus::Pass,
    }
}

/// Controls and the own name are asked to learn something of the way: they neither pass nor fail.
fn count(case: &Case<'_>, checks: &[CheckResult]) -> Summary {
    let mut summary = Summary::default();
    for (_, check) in case.views.iter().zip(checks).filter(|(view, _)| view.is_subject() || view.is_step()) {
        summary.checks += 1;
        match check.status {
            CheckStatus::Pass => summary.passed += 1,
            CheckStatus::Fail => summary.failed += 1,
            CheckStatus::Warn => summary.warned += 1,
            CheckStatus::NotRun => summary.not_run += 1,
        }
    }
    summary
}

/// Whether anything that the task start needs was not looked at.
fn is_blind(case: &Case<'_>) -> bool {
    case.resolvers_unread() || case.views.iter().any(|view| view.check.required && view.is_incomplete(case.plan))
}

/// Whether a step that the task start needs was left undone because of something below it, and nothing says what.
fn is_left_without_a_cause(case: &Case<'_>, findings: &[Finding]) -> bool {
    let is_left = |seen: &Observation| match seen.outcome {
        Outcome::NotTried { why } => {
            matches!(why, Why::BelowFailed | Why::NoAddress | Why::Untrusted | Why::TooMany)
        }
        Outcome::Saw { .. } | Outcome::Failed { .. } => false,
    };
    let is_needed = |view: &&View<'_>| view.is_step() && view.check.required;
    !findings.iter().any(|finding| finding.severity == Severity::Error)
        && case.views.iter().filter(is_needed).any(|view| view.attempts.iter().any(|attempt| is_left(attempt.last)))
}

/// A proven fault wins over the deadline, a signal over everything.
fn verdict(case: &Case<'_>, findings: &[Finding], blind: bool, ended: Ended) -> Verdict {
    let has = |severity| findings.iter().any(|finding| finding.severity == severity);
    match ended {
        Ended::Signal => Verdict::Inconclusive,
        Ended::Completed | Ended::Deadline if has(Severity::Error) => Verdict::Fail,
        Ended::Completed | Ended::Deadline if blind => Verdict::Inconclusive,
        Ended::Completed | Ended::Deadline if case.plan.strict && has(Severity::Warning) => Verdict::Fail,
        Ended::Completed | Ended::Deadline => Verdict::Pass,
    }
}

fn exit_code(case: &Case<'_>, findings: &[Finding], verdict: Verdict, ended: Ended) -> u8 {
    match verdict {
        Verdict::Pass => 0,
        Verdict::Inconclusive if ended != Ended::Signal && is_our_fault(case) => OUR_BUG,
        Verdict::Inconclusive => INCONCLUSIVE,
        Verdict::Fail => decisive(case, findings).map_or(ONLY_WARNINGS, |(tens, ones, _)| tens * 10 + ones),
    }
}

const ONLY_WARNINGS: u8 = 4;
const INCONCLUSIVE: u8 = 71;

/// The first thing of the task start that fails, the lowest rung by which it does, and the finding that says so.
fn decisive<'f>(case: &Case<'_>, findings: &'f [Finding]) -> Option<(u8, u8, &'f Finding)> {
    let errors = || findings.iter().filter(|finding| finding.severity == Severity::Error);
    let first = errors().map(|finding| tens(case, finding)).min()?;
    errors()
        .filter(|finding| required_purposes(case, finding).any(|purpose| digit(purpose) == first) || first == OTHER)
        .map(|finding| (first, ones(case, finding), finding))
        .min_by_key(|(_, ones, _)| *ones)
}

fn required_purposes(case: &Case<'_>, finding: &Finding) -> impl Iterator<Item = Purpose> {
    let views = case.views.iter().filter(|view| view.check.required && finding.checks.contains(&view.check.id));
    views.map(|view| view.check.purpose)
}

fn tens(case: &Case<'_>, finding: &Finding) -> u8 {
    required_purposes(case, finding).map(digit).min().unwrap_or(OTHER)
}

const OTHER: u8 = 6;
const WRONG_ROUTE: u8 = 2;
const TOO_SLOW: u8 = 9;

fn digit(purpose: Purpose) -> u8 {
    match purpose {
        Purpose::Secrets => 1,
        Purpose::RegistryToken => 2,
        Purpose::Logs => 3,
        Purpose::Registry => 4,
        Purpose::Layers => 5,
        Purpose::Volumes | Purpose::Exec | Purpose::Other => OTHER,
    }
}

/// Where the id gives no digit, the lowest rung of the evidence does.
fn ones(case: &Case<'_>, finding: &Finding) -> u8 {
    if finding.id.ones() != 0 {
        return finding.id.ones();
    }
    let shown: HashSet<_> = finding.evidence.iter().collect();
    let rungs = case.observations.iter().filter(|seen| shown.contains(&seen.id)).map(|seen| match seen.rung {
        Rung::Resolve => 1,
        Rung::Connect => 3,
        Rung::Handshake => 4,
        Rung::Exchange => 5,
    });
    rungs.min().unwrap_or(5)
}

/// Whether a part of the probe itself failed.
fn is_our_fault(case: &Case<'_>) -> bool {
    case.observations.iter().any(|seen| matches!(seen.outcome, Outcome::NotTried { why: Why::OurFault }))
}
