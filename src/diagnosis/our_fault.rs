//! What a run comes to when our own rules failed: nothing is judged, nothing that was seen is lost.

use super::{CheckResult, CheckStatus, Judgement, ObservedRoute, Summary, Verdict};
use crate::plan::Plan;

/// The exit code of a bug of ours.
pub(super) const OUR_BUG: u8 = 70;

impl Judgement {
    /// Every check left unjudged, by our own fault.
    pub fn our_fault(plan: &Plan) -> Self {
        let checks: Vec<CheckResult> = plan
            .checks
            .iter()
            .map(|check| CheckResult {
                id: check.id.clone(),
                purpose: check.purpose,
                service: check.service.map(str::to_owned),
                host: check.host.clone(),
                port: check.port,
                required: check.required,
                expected_route: check.expect,
                observed_route: ObservedRoute::None,
                status: CheckStatus::NotRun,
                endpoint_service: check.endpoint_service.clone(),
                note: check.note.clone(),
                cut_over: None,
            })
            .collect();
        Self {
            findings: Vec::new(),
            summary: Summary { checks: checks.len(), not_run: checks.len(), ..Summary::default() },
            checks,
            verdict: Verdict::Inconclusive,
            exit_code: OUR_BUG,
            headline:
                "A rule of vpcprobe itself failed; what was seen is complete, and says nothing against your network."
                    .to_owned(),
        }
    }
}
