//! What of the configuration stands in the way to an address, or keeps from being used what should carry it.

use std::net::SocketAddr;

use super::filled::in_vpc;
use super::names;
use super::pieces::Said;
use crate::diagnosis::case::{Case, Class, View};
use crate::diagnosis::ledger::Trouble;
use crate::diagnosis::{Culprit, CulpritKind, Fix, aws};
use crate::plan::Reach;
use crate::vpc::{Block, Path, Presence, Present, Remedy, Stand};

/// What stands in the way to an address that did not answer.
pub fn of(case: &Case<'_>, stand: &Stand<'_>, trouble: &Trouble<'_>, at: SocketAddr) -> Said {
    let check = trouble.view.check;
    let service = check.endpoint_service.as_deref();
    if let Some(record) = stand.stale_record(&check.host, at.ip()) {
        return Said::Blocked(vec![record]);
    }
    // What a VPC's configuration drops is silent: what refuses has let the packet through.
    if trouble.fault.is_some_and(|fault| !fault.is_silence()) {
        return Said::Unknown(Vec::new());
    }
    // No endpoint of this VPC serves another Region: a way out is all that can be mended here, where one was meant to be.
    if case.is_foreign_region(check) {
        return if stand.aims_out(at.ip()) { said(stand.path(at, None)) } else { Said::Unknown(Vec::new()) };
    }
    let is_public = trouble.peer().is_some_and(|peer| peer.class == Class::Public);
    match service.filter(|_| is_public && check.reach == Reach::Interface) {
        Some(service) => in_its_place(case, stand, trouble.view, service, at),
        None => said(with_endpoints(stand, service, is_public, stand.path(at, service))),
    }
}

/// A public address that a gateway endpoint may carry, where the view does not say which endpoints there are: that no route
/// leads there does not tell what is to be made.
fn with_endpoints(stand: &Stand<'_>, service: Option<&str>, is_public: bool, mut path: Path) -> Path {
    let Some(Presence::Unknown(why)) = service.filter(|_| is_public).map(|service| stand.endpoints(service)) else {
        return path;
    };
    let all = path.blocks.len();
    path.blocks
        .retain(|block| block.culprit.kind != CulpritKind::RouteTable || block.culprit.detail.contains("blackhole"));
    if path.blocks.len() < all {
        path.unknown.push(why);
    }
    path
}

/// What keeps a service from being carried by an endpoint, where packets went another way.
pub fn carrier(case: &Case<'_>, stand: &Stand<'_>, view: &View<'_>) -> Vec<Block> {
    let Some(service) = view.check.endpoint_service.as_deref() else { return Vec::new() };
    // What is of another Region goes out by design.
    if case.is_foreign_region(view.check) {
        return Vec::new();
    }
    match stand.endpoints(service) {
        Presence::Absent if stand.has_zone_for(service) => names::blocks(stand, view),
        Presence::Absent => vec![absent(case, stand, view, service)],
        Presence::Present(all) => fault(&all).map_or_else(|| names::blocks(stand, view), |fault| vec![fault]),
        Presence::Unknown(_) => Vec::new(),
    }
}

/// A public address that an interface endpoint should have replaced.
fn in_its_place(case: &Case<'_>, stand: &Stand<'_>, view: &View<'_>, service: &str, at: SocketAddr) -> Said {
    let carrier = carrier(case, stand, view);
    let aims_out = stand.aims_out(at.ip());
    let mut path = stand.path(at, None);
    match stand.endpoints(service) {
        // Somebody meant it to leave by the default route: an endpoint would do as well.
        Presence::Absent if aims_out => {
            if path.blocks.iter().any(|block| is_of_the_way(block.culprit.kind)) {
                path.blocks.extend(carrier);
            }
            said(path)
        }
        Presence::Unknown(why) if !aims_out => Said::Unknown(vec![why]),
        Presence::Absent | Presence::Present(_) | Presence::Unknown(_) if carrier.is_empty() => said(path),
        Presence::Absent | Presence::Present(_) | Presence::Unknown(_) => Said::Blocked(carrier),
    }
}

fn said(path: Path) -> Said {
    match path {
        Path { blocks, .. } if !blocks.is_empty() => Said::Blocked(blocks),
        Path { unknown, .. } if !unknown.is_empty() => Said::Unknown(unknown),
        Path { .. } => Said::Open,
    }
}

/// Whether it is about where packets are sent, not about what lets them through.
fn is_of_the_way(kind: CulpritKind) -> bool {
    !matches!(kind, CulpritKind::SecurityGroup | CulpritKind::NetworkAcl)
}

/// What is wrong with the endpoints of a service; none where one of them does its work.
fn fault(endpoints: &[Present]) -> Option<Block> {
    let faults: Option<Vec<&Block>> = endpoints.iter().map(|endpoint| endpoint.fault.as_ref()).collect();
    faults?.first().map(|fault| (*fault).clone())
}

/// That the VPC has no endpoint for a service.
fn absent(case: &Case<'_>, stand: &Stand<'_>, view: &View<'_>, service: &str) -> Block {
    let vpc = stand.vpc().id();
    let (kind, fix) = match view.check.reach {
        Reach::GatewayOrInterface if !case.is_foreign_region(view.check) => {
            ("gateway", aws::create_gateway_endpoint(case.plan, service))
        }
        _ => ("interface", aws::create_interface_endpoint_for(case, view.check)),
    };
    let Fix { action, command } = in_vpc(stand, fix);
    Block {
        culprit: Culprit {
            kind: CulpritKind::Vpc,
            id: vpc.to_owned(),
            detail: format!("{vpc} has no {kind} endpoint for {service}"),
        },
        remedy: vec![Remedy { action: action.trim_end_matches(", if it does not exist").to_owned(), command }],
    }
}
