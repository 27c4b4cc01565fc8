//! What a finding is about, address by address, name by name, call by call; and what the view says of each.

use std::collections::HashSet;
use std::net::SocketAddr;

use super::{blame, names, policy};
use crate::diagnosis::case::{Case, View};
use crate::diagnosis::ledger::{Stage, Trouble};
use crate::diagnosis::{Finding, FindingId};
use crate::observation::Observation;
use crate::plan::Rung;
use crate::vpc::{Block, Presence, Stand};

/// One thing that a finding is about.
pub struct Piece<'c> {
    /// What went wrong.
    pub trouble: Trouble<'c>,
    /// What the view says of it.
    pub said: Said,
}

/// What the view says of something that went wrong.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Said {
    /// These stand in the way, in the order in which they are met.
    Blocked(Vec<Block>),
    /// Nothing that the view knows does.
    Open,
    /// Why that can't be told; no words where it is nothing that a view tells of.
    Unknown(Vec<String>),
}

/// What is looked up in the view.
enum Ask {
    /// The way to each address, and what should carry it.
    Ways,
    /// What answers for each name.
    Names,
    /// What the endpoint's policy says of each call.
    Policies,
    /// What should carry the service.
    Routes,
}

fn ask(id: FindingId) -> Option<Ask> {
    match id {
        FindingId::AllEndpointsSilent
        | FindingId::EndpointSilent
        | FindingId::EndpointAddressSilent
        | FindingId::EndpointNotInEffect
        | FindingId::LayersUnreachable
        | FindingId::LayersInAnotherRegion
        | FindingId::PublicRegistryUnreachable
        | FindingId::EgressFiltered
        | FindingId::NoWayOut
        | FindingId::ConnectionRefused => Some(Ask::Ways),
        FindingId::VpcResolverSilent
        | FindingId::CustomResolverSilent
        | FindingId::CustomResolverBypassesPrivateDns
        | FindingId::ResolversDisagree
        | FindingId::NameNotFound
        | FindingId::NameWithoutAddress
        | FindingId::ResolverFailure => Some(Ask::Names),
        FindingId::EndpointPolicyDenies | FindingId::LayersDenied | FindingId::AccessDenied => Some(Ask::Policies),
        FindingId::PublicRoute => Some(Ask::Routes),
        _ => None,
    }
}

/// What the finding is about, in the plan's order.
pub fn of<'c>(case: &'c Case<'c>, stand: &Stand<'_>, finding: &Finding) -> Vec<Piece<'c>> {
    let Some(ask) = ask(finding.id) else { return Vec::new() };
    let shown: HashSet<_> = finding.evidence.iter().collect();
    let mut pieces = Vec::new();
    for view in case.views.iter().filter(|view| finding.checks.contains(&view.check.id)) {
        let of_it = case.observations.iter().filter(|seen| seen.check == view.check.id && shown.contains(&seen.id));
        let seen: Vec<&'c Observation> = of_it.collect();
        match ask {
            Ask::Ways => pieces.extend(ways(case, stand, view, &seen)),
            Ask::Names => pieces.extend(names::piece(stand, finding.id, view, seen)),
            Ask::Policies => pieces.extend(seen.into_iter().filter_map(|seen| policy::piece(case, stand, view, seen))),
            Ask::Routes => pieces.push(route(case, stand, view, seen)),
        }
    }
    pieces
}

fn ways<'c>(case: &'c Case<'c>, stand: &Stand<'_>, view: &'c View<'c>, seen: &[&'c Observation]) -> Vec<Piece<'c>> {
    let mut pieces: Vec<Piece<'c>> = Vec::new();
    let failed = seen.iter().filter(|seen| seen.fault().is_some_and(|fault| !fault.could_not_look()));
    for seen in failed {
        let (stage, at) = match (seen.rung, seen.peer, seen.resolver) {
            (Rung::Connect, Some(peer), _) => (Stage::Connect(peer), peer),
            (Rung::Resolve, _, Some(resolver)) => (Stage::Resolver(resolver), resolver),
            _ => continue,
        };
        if let Some(piece) = pieces.iter_mut().find(|piece| piece.trouble.stage == stage) {
            piece.trouble.evidence.push(seen);
            continue;
        }
        let trouble = Trouble { view, stage, fault: seen.fault(), evidence: vec![*seen], bears: bears(view, at) };
        pieces.push(Piece { said: blame::of(case, stand, &trouble, at), trouble });
    }
    pieces
}

/// Whether the platform uses the address or the resolver.
fn bears(view: &View<'_>, at: SocketAddr) -> bool {
    let peer = view.peers.iter().any(|peer| peer.address == at && peer.bears);
    peer || view.asked.iter().any(|asked| asked.resolver.address == at && asked.bears)
}

/// A route that is not the asserted one: what should carry it is not in effect.
fn route<'c>(case: &'c Case<'c>, stand: &Stand<'_>, view: &'c View<'c>, evidence: Vec<&'c Observation>) -> Piece<'c> {
    let unseen = view.check.endpoint_service.as_deref().map(|service| stand.endpoints(service));
    let said = match (blame::carrier(case, stand, view), unseen) {
        (blocks, Some(Presence::Unknown(why))) if blocks.is_empty() => Said::Unknown(vec![why]),
        (blocks, _) if blocks.is_empty() => Said::Unknown(Vec::new()),
        (blocks, _) => Said::Blocked(blocks),
    };
    Piece { trouble: Trouble { view, stage: Stage::Route, fault: None, evidence, bears: true }, said }
}
