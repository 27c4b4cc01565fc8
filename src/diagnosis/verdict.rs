//! From findings to each check's state, the verdict and the exit code.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Case, Ended, Finding};
use crate::plan::{CheckId, Purpose, Route};

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
    let _ = ended;
    Judgement {
        findings,
        checks: vec![],
        summary: Summary::default(),
        verdict: Verdict::Inconclusive,
        exit_code: 71,
        headline: format!("{} checks were not judged", case.plan.checks.len()),
    }
}
