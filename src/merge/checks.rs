//! What a run saw of each check, so that runs can be held against others later.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diagnosis::{CheckResult, CheckStatus, ObservedRoute};
use crate::plan::{CheckId, Route, Rung};
use crate::report::Report;

/// One check of one run.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct RunCheck {
    /// As in the run's report.
    pub id: CheckId,
    /// The catalog's service, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The host.
    pub host: String,
    /// Whether the task start fails without it.
    pub required: bool,
    /// Its state.
    pub status: CheckStatus,
    /// The route that was asserted.
    pub expected_route: Route,
    /// The route that was seen.
    pub observed_route: ObservedRoute,
    /// The addresses that the task would use, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<IpAddr>,
}

/// Every check of a report, in its order.
pub fn checks(report: &Report) -> Vec<RunCheck> {
    let addresses = addresses(report);
    let of = |check: &CheckResult| RunCheck {
        id: check.id.clone(),
        service: check.service.clone(),
        host: check.host.clone(),
        required: check.required,
        status: check.status,
        expected_route: check.expected_route,
        observed_route: check.observed_route,
        addresses: addresses.get(&check.id).cloned().unwrap_or_default(),
    };
    report.checks.iter().map(of).collect()
}

/// The addresses of each check: those that were tried and that a configured resolver names, or all where it names none.
fn addresses(report: &Report) -> HashMap<&CheckId, Vec<IpAddr>> {
    let configured: HashSet<_> = report.vantage.nameservers.iter().collect();
    let mut tried: HashMap<&CheckId, BTreeSet<IpAddr>> = HashMap::new();
    let mut named: HashSet<(&CheckId, IpAddr)> = HashSet::new();
    for seen in &report.observations {
        if let (Rung::Connect, Some(peer)) = (seen.rung, seen.peer) {
            tried.entry(&seen.check).or_default().insert(peer.ip());
        }
        if let Some(answer) = seen.answer().filter(|_| seen.resolver.is_some_and(|asked| configured.contains(&asked))) {
            named.extend(answer.addresses.iter().map(|address| (&seen.check, address.ip)));
        }
    }
    let used = |(check, all): (_, BTreeSet<IpAddr>)| {
        let used: Vec<IpAddr> = all.iter().filter(|ip| named.contains(&(check, **ip))).copied().collect();
        (check, if used.is_empty() { all.into_iter().collect() } else { used })
    };
    tried.into_iter().map(used).collect()
}
