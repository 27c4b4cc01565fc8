//! Silent addresses by who shares the silence: one address, one endpoint, all of them, or what lies outside.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super::case::{Case, Class, Peer, View};
use super::compare::is_neighbour;
use super::ledger::Trouble;
use crate::plan::Reach;

/// One endpoint: every private address of the names that it carries.
#[derive(Debug, Default)]
pub struct Endpoint {
    /// Those that accept connections.
    pub open: Vec<SocketAddr>,
    /// Those that stay silent.
    pub silent: Vec<SocketAddr>,
}

/// Who shares a silence.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Silence {
    /// This address alone: others of the same endpoint or host accept connections.
    OneAddress,
    /// What lies beyond the task's own subnet, where endpoints connect in it and nothing does beyond.
    Beyond,
    /// Every address of this private endpoint.
    OneEndpoint,
    /// Every private endpoint of several, and whatever else stays silent with them where nothing connects at all.
    Everything,
    /// A public host.
    Outside,
}

/// Every endpoint of which an address was tried, by its service name or host.
pub fn private<'a>(views: &[View<'a>]) -> BTreeMap<&'a str, Endpoint> {
    let mut endpoints: BTreeMap<&str, Endpoint> = BTreeMap::new();
    for view in views.iter().filter(|view| view.is_subject()) {
        for peer in view.peers.iter().filter(|peer| peer.class == Class::Private) {
            if peer.connected() {
                endpoints.entry(view.endpoint()).or_default().open.push(peer.address);
            } else if peer.is_silent() {
                endpoints.entry(view.endpoint()).or_default().silent.push(peer.address);
            }
        }
    }
    endpoints
}

/// Who shares the silence that a trouble is about; none where it is about something else.
pub fn silence(case: &Case<'_>, trouble: &Trouble<'_>) -> Option<Silence> {
    if trouble.is_silent_connect(Class::Private) {
        Some(private_silence(case, trouble))
    } else if trouble.is_silent_connect(Class::Public) {
        Some(public_silence(case, trouble))
    } else {
        None
    }
}

fn private_silence(case: &Case<'_>, trouble: &Trouble<'_>) -> Silence {
    let neighbour = trouble.stage.peer().and_then(|peer| is_neighbour(&case.plan.place, peer.ip()));
    if case.ends_at_subnet() && neighbour == Some(false) {
        return Silence::Beyond;
    }
    let open = case.endpoints().get(trouble.view.endpoint()).is_some_and(|endpoint| !endpoint.open.is_empty());
    if open {
        Silence::OneAddress
    } else if all_silent(case) {
        Silence::Everything
    } else {
        Silence::OneEndpoint
    }
}

/// With a way out, some silent addresses of a family are the choice of a filter; a whole family is not.
fn public_silence(case: &Case<'_>, trouble: &Trouble<'_>) -> Silence {
    let connects = trouble.view.used_peers().any(Peer::connected);
    if connects && (!case.has_way_out() || is_of_its_family(trouble)) {
        Silence::OneAddress
    } else if all_silent(case) && case.is_shut_in() {
        Silence::Everything
    } else if is_shut_in_its_subnet(case, trouble) {
        Silence::Beyond
    } else {
        Silence::Outside
    }
}

/// Whether what a gateway endpoint carries is silent where nothing beyond the task's subnet connects: one network ACL makes it so.
fn is_shut_in_its_subnet(case: &Case<'_>, trouble: &Trouble<'_>) -> bool {
    let opens = |view: &View<'_>| view.peers.iter().any(|peer| peer.class == Class::Public && peer.connected());
    trouble.view.check.reach == Reach::GatewayOrInterface && case.ends_at_subnet() && !case.views.iter().any(opens)
}

/// Whether it is a host of AWS; of any other nothing is known but its name.
pub fn is_of_aws(trouble: &Trouble<'_>) -> bool {
    trouble.view.check.service.is_some() || trouble.view.check.endpoint_service.is_some()
}

/// Whether several private endpoints were tried and not one of them accepts a connection.
fn all_silent(case: &Case<'_>) -> bool {
    let endpoints = case.endpoints();
    endpoints.len() > 1 && endpoints.values().all(|endpoint| endpoint.open.is_empty())
}

/// Whether it is IPv6 that stays silent, while all that accepts connections for the name is IPv4.
pub fn is_of_its_family(trouble: &Trouble<'_>) -> bool {
    let mut open = trouble.view.peers.iter().filter(|peer| peer.connected()).peekable();
    let silent = trouble.stage.peer().is_some_and(|peer| peer.is_ipv6());
    silent && open.peek().is_some() && open.all(|peer| peer.address.is_ipv4())
}
