//! What is asserted of a check, in one line.

use crate::plan::{Check, Demands, Plan, Route};

/// The route, and what else is asked; nothing where any route is right and nothing is asked.
pub(super) fn of(plan: &Plan, check: &Check) -> Option<String> {
    let route = (check.expect != Route::Any).then(|| check.expect.word().to_owned());
    let asked = demands(plan, check).map(demanded).unwrap_or_default();
    let parts: Vec<String> = route.into_iter().chain(asked).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// What is asked beside the route: of what must not be reached nothing is.
pub(super) fn demands<'a>(plan: &'a Plan, check: &Check) -> Option<&'a Demands> {
    plan.asserted.demands.get(&check.id).filter(|_| check.expect != Route::Blocked)
}

fn demanded(demands: &Demands) -> Vec<String> {
    let mut parts = Vec::new();
    if !demands.addresses.is_empty() {
        let ranges: Vec<String> = demands.addresses.iter().map(ToString::to_string).collect();
        parts.push(format!("addresses in {}", ranges.join(", ")));
    }
    if !demands.issuers.is_empty() {
        parts.push(format!("issued by {}", demands.issuers.join(" or ")));
    }
    let limits = [
        ("resolve", demands.resolve_ms),
        ("connect", demands.connect_ms),
        ("handshake", demands.handshake_ms),
        ("exchange", demands.exchange_ms),
        ("pull", demands.pull_ms),
    ];
    parts.extend(limits.into_iter().filter_map(|(what, most)| Some(format!("{what} {} ms at most", most?))));
    parts
}
