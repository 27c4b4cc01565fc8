//! When a handshake ends in silence, a reset or a close, what changes it? All variations are tried at once.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::task::JoinSet;

use super::Shared;
use super::attempt::Attempt;
use super::climb::{Way, not_climbed_to};
use crate::net::Net;
use crate::observation::{Change, Fault, Rung, Why};
use crate::plan::{Check, Plan, Role};

/// Each tells one cause from the others; the last two still do when two causes stand in one way.
const VARIATIONS: &[&[Change]] = &[
    &[Change::ShortHello],
    &[Change::SmallSegments],
    &[Change::OtherName],
    &[Change::NoName],
    &[Change::ShortHello, Change::SmallSegments],
    &[Change::ShortHello, Change::OtherName, Change::SmallSegments],
];

/// Whether the ordinary handshake ended in a way that variations can explain.
pub(super) fn are_wanted(attempts: &[Attempt]) -> bool {
    let mut handshakes = attempts.iter().filter(|attempt| attempt.rung == Rung::Handshake);
    handshakes.any(|attempt| attempt.fault().is_some_and(Fault::is_wordless))
}

/// Every variation on one address, at once.
pub(super) async fn try_all<N: Net>(shared: &Arc<Shared<N>>, check: &Arc<Check>, peer: SocketAddr) -> Vec<Attempt> {
    let mut climbs = JoinSet::new();
    for variation in VARIATIONS {
        let (shared, check) = (Arc::clone(shared), Arc::clone(check));
        climbs.spawn(async move { Way { shared: &shared, check: &check, berth: None, peer, variation }.climb().await });
    }
    let mut attempts = Vec::new();
    while let Some(joined) = climbs.join_next().await {
        attempts.extend(joined.unwrap_or_else(|_| vec![Attempt::new(Rung::Handshake).not_tried(Why::OurFault)]));
    }
    attempts
}

/// Every variation that one more address would have had: many silent addresses have one cause.
pub(super) fn leave_all(peer: SocketAddr) -> Vec<Attempt> {
    let left =
        |variation: &&[Change]| not_climbed_to(Rung::Handshake, Some(peer), Rung::Connect, Why::TooMany, variation);
    VARIATIONS.iter().flat_map(left).collect()
}

/// A name that an allow-list which lacks this one probably holds: another host of the task start.
pub(super) fn other_name(plan: &Plan, check: &Check) -> String {
    plan.checks
        .iter()
        .filter(|other| other.host != check.host && other.purpose != check.purpose)
        .filter(|other| matches!(other.role, Role::Start))
        .map(|other| other.host.clone())
        .find(|host| host.parse::<std::net::IpAddr>().is_err())
        .unwrap_or_else(|| "example.com".to_owned())
}
