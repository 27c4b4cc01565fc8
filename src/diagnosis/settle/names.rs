//! What of the configuration answers for a name, or keeps the resolver from being asked.

use std::net::SocketAddr;

use super::pieces::{Piece, Said};
use crate::diagnosis::case::View;
use crate::diagnosis::ledger::{Stage, Trouble};
use crate::diagnosis::{CulpritKind, FindingId};
use crate::observation::Observation;
use crate::vpc::{Block, NameView, Stand};

/// A name with which something is wrong, and what the view says of it.
pub fn piece<'c>(
    stand: &Stand<'_>,
    id: FindingId,
    view: &'c View<'c>,
    evidence: Vec<&'c Observation>,
) -> Option<Piece<'c>> {
    // Where two resolvers are compared, it is about the one that the task was given.
    let is_given = |seen: &&&Observation| {
        view.asked.iter().any(|asked| asked.bears && Some(asked.resolver.address) == seen.resolver)
    };
    // What it was compared with stands in the evidence too, and is as it should be.
    let is_bad = |seen: &&&Observation| seen.answer().is_none_or(|answer| answer.addresses.is_empty());
    let given = || evidence.iter().filter(is_given);
    let failed = || given().find(|seen| seen.fault().is_some());
    let first = *failed().or_else(|| given().find(is_bad)).or_else(|| given().next()).or(evidence.first())?;
    let at = first.resolver?;
    let stage = if first.fault().is_some() { Stage::Resolver(at) } else { Stage::Name(at) };
    let said = said(stand, id, view, at);
    Some(Piece { trouble: Trouble { view, stage, fault: first.fault(), evidence, bears: true }, said })
}

fn said(stand: &Stand<'_>, id: FindingId, view: &View<'_>, at: SocketAddr) -> Said {
    let answers = stand.name(&view.check.host);
    match id {
        FindingId::VpcResolverSilent => of_kinds(answers, &[CulpritKind::VpcAttribute], is_support),
        FindingId::CustomResolverSilent => match stand.path(at, None).blocks {
            blocks if blocks.is_empty() => given(answers, at),
            blocks => Said::Blocked(blocks),
        },
        FindingId::CustomResolverBypassesPrivateDns | FindingId::ResolversDisagree => given(answers, at),
        FindingId::ResolverFailure => {
            of_kinds(answers, &[CulpritKind::ResolverRule, CulpritKind::DhcpOptions], |block| {
                block.culprit.kind != CulpritKind::DhcpOptions || names(block, at)
            })
        }
        _ => of_kinds(
            answers,
            &[
                CulpritKind::PrivateHostedZone,
                CulpritKind::ResolverRule,
                CulpritKind::DnsFirewall,
                CulpritKind::DhcpOptions,
            ],
            |block| block.culprit.kind != CulpritKind::DhcpOptions || names(block, at),
        ),
    }
}

/// That the task was given this server.
fn given(answers: NameView, at: SocketAddr) -> Said {
    of_kinds(answers, &[CulpritKind::DhcpOptions], |block| names(block, at))
}

/// Whether a block is about a server.
fn names(block: &Block, server: SocketAddr) -> bool {
    let ip = server.ip().to_string();
    block.culprit.detail.split([' ', ',']).any(|word| word == ip)
}

/// Without it the resolver says nothing; without the other attribute it answers.
fn is_support(block: &Block) -> bool {
    block.culprit.detail.starts_with("enableDnsSupport")
}

/// What of the first of these kinds that there is answers in the wrong way.
fn of_kinds(answers: NameView, kinds: &[CulpritKind], is_it: impl Fn(&Block) -> bool) -> Said {
    let NameView { mut blocks, unknown } = answers;
    blocks.retain(&is_it);
    let found = kinds.iter().find(|kind| blocks.iter().any(|block| block.culprit.kind == **kind));
    match found {
        Some(kind) => Said::Blocked(blocks.into_iter().filter(|block| block.culprit.kind == *kind).collect()),
        None => Said::Unknown(unknown),
    }
}

/// What makes an endpoint's name lead elsewhere, though the endpoint is as it should be.
pub fn blocks(stand: &Stand<'_>, view: &View<'_>) -> Vec<Block> {
    let kinds = [CulpritKind::VpcAttribute, CulpritKind::ResolverRule, CulpritKind::DhcpOptions];
    match of_kinds(stand.name(&view.check.host), &kinds, |_| true) {
        Said::Blocked(blocks) => blocks,
        Said::Open | Said::Unknown(_) => Vec::new(),
    }
}
