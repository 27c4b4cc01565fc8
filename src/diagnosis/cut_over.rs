//! What becomes of a check when the default routes go: what people ask before they delete the NAT gateway.
//!
//! The answer is about routes alone. With the operator's view it is the route table's; from inside, an address says it only
//! where no route table could say otherwise.

mod address;
mod resolvers;
mod why;

use std::net::IpAddr;

use super::case::{Class, Peer, View};
use super::{Case, CutOver, CutOverAnswer, words};
use crate::plan::Route;
use address::Fate;
pub use address::default_target;

/// What becomes of a check when the default routes go; none where there is no way out to lose, or nothing is known of its
/// addresses.
pub fn cut_over(case: &Case<'_>, view: &View<'_>) -> Option<CutOver> {
    if !view.is_subject() || view.check.expect == Route::Blocked || !address::is_open(case) {
        return None;
    }
    let used = used(view);
    if used.is_empty() {
        return None;
    }
    let fates: Vec<_> = used.iter().map(|peer| (*peer, address::fate(case, view, peer))).collect();
    let names = resolvers::names(case, view);
    if let resolvers::Names::Lost(by) = names {
        return Some(CutOver { answer: CutOverAnswer::Breaks, by });
    }
    let CutOver { answer, mut by } = together(case, view, &fates);
    if let (CutOverAnswer::Survives, resolvers::Names::Depend(condition)) = (answer, names) {
        by = format!("{by}; {condition}");
    }
    Some(CutOver { answer, by })
}

/// The addresses that the platform would use. A family in which nothing connects is of no use beside one in which something
/// does.
fn used<'v, 'a>(view: &'v View<'a>) -> Vec<&'v Peer<'a>> {
    let somewhere: Vec<_> = view.used_peers().filter(|peer| peer.class != Class::Nowhere).collect();
    let opens = |v6: bool| somewhere.iter().any(|peer| peer.address.is_ipv6() == v6 && peer.connected());
    let is_of_use = |peer: &&&Peer<'_>| opens(peer.address.is_ipv6()) || !opens(!peer.address.is_ipv6());
    somewhere.iter().filter(is_of_use).copied().collect()
}

/// One answer from those of all addresses: the worst, but for a name that goes on in its other family.
fn together(case: &Case<'_>, view: &View<'_>, fates: &[(&Peer<'_>, Fate)]) -> CutOver {
    let of = |answer| fates.iter().filter(move |(_, fate)| fate.answer() == answer).collect::<Vec<_>>();
    let (lost, unknown, kept) = (of(CutOverAnswer::Breaks), of(CutOverAnswer::Unknown), of(CutOverAnswer::Survives));
    let survives = |by| CutOver { answer: CutOverAnswer::Survives, by };
    if lost.is_empty() {
        let answer = if unknown.is_empty() { CutOverAnswer::Survives } else { CutOverAnswer::Unknown };
        let rest = if unknown.is_empty() { String::new() } else { beside(&kept) };
        let by = told(if unknown.is_empty() { &kept } else { &unknown });
        return CutOver { answer, by: format!("{by}{rest}") };
    }
    let by = match why::public(case, view, &lost) {
        Some(why) => format!("{why}; {}", told(&lost)),
        None => told(&lost),
    };
    match family_that_stays(&lost, &unknown, &kept) {
        Some(family) => survives(format!("{}, over {family}; {} breaks: {by}", told(&kept), other(family))),
        None if kept.is_empty() => CutOver { answer: CutOverAnswer::Breaks, by },
        None => CutOver { answer: CutOverAnswer::Breaks, by: format!("in part: {by}{}", beside(&kept)) },
    }
}

type Fates<'f, 'v, 'a> = [&'f (&'v Peer<'a>, Fate)];

/// The family in which everything goes on, where all that breaks is of the other: clients try both.
fn family_that_stays(
    lost: &Fates<'_, '_, '_>,
    unknown: &Fates<'_, '_, '_>,
    kept: &Fates<'_, '_, '_>,
) -> Option<&'static str> {
    let is_v6 = lost.first()?.0.address.is_ipv6();
    let all_are = |fates: &Fates<'_, '_, '_>, v6| fates.iter().all(|(peer, _)| peer.address.is_ipv6() == v6);
    let is_whole = unknown.is_empty() && all_are(lost, is_v6) && all_are(kept, !is_v6);
    let connects = kept.iter().any(|(peer, _)| peer.connected());
    (is_whole && connects).then_some(if is_v6 { "IPv4" } else { "IPv6" })
}

fn other(family: &str) -> &'static str {
    if family == "IPv4" { "IPv6" } else { "IPv4" }
}

/// By what, each with its addresses: `the gateway endpoint vpce-1 in rtb-1 (52.219.4.10 and 52.219.4.42)`.
fn told(fates: &Fates<'_, '_, '_>) -> String {
    let mut groups: Vec<(&str, Vec<IpAddr>)> = Vec::new();
    for (peer, fate) in fates {
        match groups.iter_mut().find(|(by, _)| *by == fate.by()) {
            Some((_, addresses)) => addresses.push(peer.address.ip()),
            None => groups.push((fate.by(), vec![peer.address.ip()])),
        }
    }
    let told = |(by, addresses): (&str, Vec<IpAddr>)| format!("{by} ({})", words::list(addresses));
    groups.into_iter().map(told).collect::<Vec<_>>().join("; ")
}

fn beside(kept: &Fates<'_, '_, '_>) -> String {
    if kept.is_empty() { String::new() } else { format!("; the rest survives: {}", told(kept)) }
}

#[cfg(test)]
mod tests;
