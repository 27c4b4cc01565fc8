//! What the observations of one check show, as far as two runs can be held against each other by it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::{IpAddr, SocketAddr};

use crate::diagnosis::Class;
use crate::observation::{Handshake, Observation, Outcome, Seen, TrustedBy};
use crate::plan::{CheckId, Place, Plan, Rung};
use crate::report::Report;

/// The rungs, lowest first.
pub(super) const RUNGS: [Rung; 4] = [Rung::Resolve, Rung::Connect, Rung::Handshake, Rung::Exchange];

/// What the observations of one check show.
#[derive(Clone, Debug, Default)]
pub(super) struct Sights {
    /// The kind of each address that was tried.
    pub kinds: BTreeMap<IpAddr, Class>,
    /// What came of each rung; nothing of a replayed step, whose requests are of several kinds.
    pub rungs: [Tries; 4],
    /// Who issued the certificates.
    pub issuers: BTreeSet<Issuer>,
    /// The status codes of the answers.
    pub codes: BTreeSet<u16>,
    /// The other hosts that a replayed step was sent to.
    pub hosts: BTreeSet<String>,
}

/// What came of one rung, over all resolvers or addresses.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Tries {
    /// How many answered.
    pub good: usize,
    /// How many did not.
    pub bad: usize,
    /// Who first did not, and how.
    pub how: Option<(SocketAddr, String)>,
    /// The fastest answer: what was in its way once need not be there again.
    pub fastest_ms: Option<u64>,
}

/// Who issued a certificate.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Issuer {
    /// Of the leaf.
    pub leaf: String,
    /// Of the last certificate of the chain.
    pub root: String,
    /// What the chain ends in.
    pub trust: Trust,
}

/// What a chain ends in, the best first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Trust {
    Public,
    Bundle,
    Nothing,
}

/// What was seen, by check.
pub(super) fn sights(report: &Report, plan: &Plan) -> HashMap<CheckId, Sights> {
    let mut by_check: HashMap<&CheckId, Vec<&Observation>> = HashMap::new();
    for seen in report.observations.iter().filter(|seen| seen.is_ordinary()) {
        by_check.entry(&seen.check).or_default().push(seen);
    }
    by_check.into_iter().map(|(check, seen)| (check.clone(), of(&seen, &plan.place))).collect()
}

fn of(seen: &[&Observation], place: &Place) -> Sights {
    let mut sights = Sights { kinds: kinds(seen, place), ..Sights::default() };
    let is_step = seen.iter().any(|seen| seen.step.is_some());
    for (rung, tries) in RUNGS.into_iter().zip(&mut sights.rungs).filter(|_| !is_step) {
        *tries = tried(seen.iter().copied().filter(|seen| seen.rung == rung));
    }
    for seen in seen {
        sights.issuers.extend(seen.handshake().and_then(issuer));
        sights.hosts.extend(seen.step.as_ref().and_then(|step| step.host.clone()));
        sights.codes.extend(seen.response().filter(|_| !is_step).map(|response| response.status));
    }
    sights
}

/// Private where any resolver's answer shows it so, as the rules have it.
fn kinds(seen: &[&Observation], place: &Place) -> BTreeMap<IpAddr, Class> {
    let peers = seen.iter().filter_map(|seen| seen.peer);
    let mut kinds = crate::order::map(peers.map(|peer| (peer.ip(), Class::of(peer.ip(), &[], place))));
    for answer in seen.iter().filter_map(|seen| seen.answer()) {
        let siblings: Vec<IpAddr> = answer.addresses.iter().map(|address| address.ip).collect();
        for ip in &siblings {
            let class = Class::of(*ip, &siblings, place);
            kinds.entry(*ip).and_modify(|known| *known = class.min(*known)).or_insert(class);
        }
    }
    kinds
}

/// Of several attempts at one resolver or address the one that was answered counts.
fn tried<'o>(attempts: impl Iterator<Item = &'o Observation>) -> Tries {
    let mut targets: BTreeMap<SocketAddr, Option<String>> = BTreeMap::new();
    let mut fastest_ms: Option<u64> = None;
    for seen in attempts.filter(|seen| !matches!(seen.outcome, Outcome::NotTried { .. })) {
        let Some(target) = seen.resolver.or(seen.peer) else { continue };
        if let Some(fault) = fault(&seen.outcome) {
            targets.entry(target).or_insert(Some(fault));
        } else {
            fastest_ms = Some(fastest_ms.map_or(seen.took_ms, |known| known.min(seen.took_ms)));
            targets.insert(target, None);
        }
    }
    let good = targets.values().filter(|fault| fault.is_none()).count();
    let bad = targets.len() - good;
    let how = targets.into_iter().find_map(|(target, fault)| fault.map(|fault| (target, fault)));
    Tries { good, bad, how, fastest_ms }
}

/// How an attempt that was made came to nothing, where it did.
fn fault(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Failed { fault, .. } => Some(fault.to_string()),
        Outcome::Saw { seen: Seen::Answer(answer) } if answer.address_count > 0 => None,
        Outcome::Saw { seen: Seen::Answer(answer) } if answer.code == "NOERROR" => Some("no address".to_owned()),
        Outcome::Saw { seen: Seen::Answer(answer) } => Some(answer.code.clone()),
        Outcome::Saw { seen: Seen::Handshake(handshake) } if !handshake.problems.is_empty() => {
            Some("a certificate that does not verify".to_owned())
        }
        Outcome::Saw { .. } | Outcome::NotTried { .. } => None,
    }
}

fn issuer(handshake: &Handshake) -> Option<Issuer> {
    let (first, last) = (handshake.chain.first()?, handshake.chain.last()?);
    let trust = match handshake.trusted_by {
        Some(TrustedBy::Public) => Trust::Public,
        Some(TrustedBy::Bundle) => Trust::Bundle,
        None => Trust::Nothing,
    };
    Some(Issuer { leaf: first.issuer.clone(), root: last.issuer.clone(), trust })
}
