//! The private endpoints of a run and which of their addresses accept connections.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super::case::{Case, Class};

/// One endpoint: every private address of the names that it carries.
#[derive(Debug, Default)]
pub struct Endpoint {
    /// Those that accept connections.
    pub open: Vec<SocketAddr>,
    /// Those that stay silent.
    pub silent: Vec<SocketAddr>,
}

/// Every endpoint of which an address was tried, by its service name or host.
pub fn private<'c>(case: &'c Case<'c>) -> BTreeMap<&'c str, Endpoint> {
    let mut endpoints: BTreeMap<&str, Endpoint> = BTreeMap::new();
    for view in case.subjects() {
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

/// Whether several private endpoints were tried and not one of them accepts a connection.
pub fn all_silent(endpoints: &BTreeMap<&str, Endpoint>) -> bool {
    endpoints.len() > 1 && endpoints.values().all(|endpoint| endpoint.open.is_empty())
}
